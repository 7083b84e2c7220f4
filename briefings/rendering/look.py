"""How a borough's pages look: one style sheet, its mark and its icon, from the folders of templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

BRAND = "brand.css"


@dataclass(frozen=True)
class Look:
    """What the pages' links lead to. An empty `mark` means that there is none. `changed` is aware."""

    stylesheet: str
    mark: str
    icon: str
    changed: datetime


def look(templates: Environment) -> Look:
    """Read the look of an installation. Raises FileNotFoundError where a folder of templates lacks a part.

    The brand that ships comes first and the borough's own behind it, so that each says only what differs: a copy that
    was made before there were further variables lacks none. Of all else the borough's file stands for the whole.
    """
    loader = templates.loader
    assert isinstance(loader, FileSystemLoader), "the templates come from folders"
    folders = [Path(folder) / "web" for folder in loader.searchpath]

    def found(name: str) -> list[Path]:
        paths = [folder / name for folder in folders if (folder / name).is_file()]
        if not paths:
            raise FileNotFoundError(f"web/{name} is in none of: {', '.join(map(str, folders))}")
        return paths

    sheets = [*reversed(found(BRAND)), found("site.css")[0]]
    mark, icon = found("brand.svg")[0], found("icon.svg")[0]
    newest = max(path.stat().st_mtime for path in (*sheets, mark, icon))
    return Look(
        "\n".join(path.read_text("utf-8") for path in sheets),
        mark.read_text("utf-8").strip(),
        icon.read_text("utf-8"),
        datetime.fromtimestamp(newest, UTC),
    )
