"""Files with front matter: YAML between two lines `---`, and what follows."""

from __future__ import annotations

from briefings.content.fields import Report


def split(text: str, report: Report) -> tuple[str, str, int] | None:
    """Return front matter, body and the line on which the body starts; None where there is none, which is reported."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        report.add(1, "must start with a line '---', the front matter and another line '---'")
        return None
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if end is None:
        report.add(1, "the front matter has no end: close it with a line '---'")
        return None
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2
