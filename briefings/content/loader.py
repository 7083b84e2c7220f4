"""A whole content folder: what loads, and one line for everything that does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from briefings.content.briefing_file import load_briefing
from briefings.content.fields import Report
from briefings.content.files import MediaFile, shown
from briefings.content.message_templates import load_message_templates
from briefings.content.places import load_audiences, load_channels, load_places
from briefings.model.audience import Audiences
from briefings.model.briefing import Briefing
from briefings.model.channel import Channels
from briefings.model.errors import InvalidInput, Problem
from briefings.model.message import NO_MESSAGES, MessageTemplates
from briefings.model.place import Places


@dataclass(frozen=True)
class Content:
    """What a content folder holds. `problems` names every file that was refused, and why."""

    places: Places
    audiences: Audiences = field(default_factory=Audiences)
    channels: Channels = field(default_factory=Channels)
    briefings: Mapping[str, Briefing] = field(default_factory=dict)
    media: Mapping[str, MediaFile] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    messages: MessageTemplates = NO_MESSAGES


def load_content(root: Path, only: Sequence[Path] = (), templates: Sequence[Path] = ()) -> Content:
    """Read `root/content`. With `only`, read just these briefing files (or the files in these folders).

    Templates of urgent messages come from the folders `templates`, nearest first; otherwise `root/templates`.
    A briefing file that is wrong is left out and named in `problems`; the others still load.
    Raises InvalidInput where places.yaml itself cannot be read: without it nothing has a place.
    """
    folder = root / "content"
    report = Report(shown(folder / "places.yaml", root))
    if not (folder / "places.yaml").is_file():
        raise InvalidInput(Problem(report.path, 0, "is missing: name the borough, its regions and wards there"))
    places = load_places(folder / "places.yaml", report)
    if places is None:
        raise InvalidInput(*report.problems)
    problems: list[Problem] = []
    report = Report(shown(folder / "audiences.yaml", root))
    audiences = load_audiences(folder / "audiences.yaml", report, places)
    problems += report.problems
    report = Report(shown(folder / "channels.yaml", root))
    channels = load_channels(folder / "channels.yaml", report, places)
    problems += report.problems

    messages = load_message_templates(templates or [root / "templates"], root)
    problems += messages.problems

    briefings: dict[str, Briefing] = {}
    media: dict[str, MediaFile] = {}
    paths: dict[str, Path] = {}
    for path in _files(folder / "briefings", only):
        report = Report(shown(path, root))
        loaded = load_briefing(path, report, places, audiences, messages)
        problems += sorted(set(report.problems), key=lambda problem: problem.line)
        if loaded is not None:
            briefing, images = loaded
            briefings[briefing.id] = briefing
            paths[briefing.id] = path
            media |= {image.digest: image for image in images}
    return Content(places, audiences, channels, briefings, media, paths, tuple(problems), messages)


def _files(folder: Path, only: Sequence[Path]) -> list[Path]:
    chosen = [p for path in only for p in (sorted(path.rglob("*.md")) if path.is_dir() else [path])]
    return chosen if only else sorted(folder.rglob("*.md"))
