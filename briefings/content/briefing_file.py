"""One briefing file: front matter and a Markdown body, refused with file and line where it is wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from briefings.content.entries import (
    named,
    read_action,
    read_audiences,
    read_contact,
    read_easy_read,
    read_event,
    read_figure,
    read_images,
    read_question,
)
from briefings.content.fields import Fields, Report, compose
from briefings.content.files import MediaFile, read_text
from briefings.content.front_matter import split
from briefings.content.heading import split_heading
from briefings.content.markdown import PARSER
from briefings.content.message_slots import read_message
from briefings.content.message_text import message_sections
from briefings.model.audience import Audiences
from briefings.model.briefing import Briefing, Contact, Message, Period, Section, Severity
from briefings.model.message import MessageTemplates
from briefings.model.place import Places
from briefings.model.schedule import slot_is_allowed

MAX_NAME = 100
NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-[a-z0-9]+(?:-[a-z0-9]+)*")
_RAW = MarkdownIt("commonmark", {"html": True})


def load_briefing(
    path: Path, report: Report, places: Places, audiences: Audiences, templates: MessageTemplates
) -> tuple[Briefing, list[MediaFile]] | None:
    """Read one briefing file; None where it has problems, which `report` then names."""
    _check_name(path, report)
    text = read_text(path, report)
    if text is None:
        return None
    parts = split(text, report)
    if parts is None:
        return None
    front, body, body_line = parts
    report.offset = 1
    node = compose(front, report)
    fields = Fields(node, report) if node is not None else None
    is_message = fields is not None and fields.has("message")
    sections = () if is_message and not body.strip() else _sections(body, body_line, report, audiences)
    if fields is None:
        return None
    briefing, media = _briefing(path, fields, sections, places, audiences, templates)
    return None if report.problems or briefing is None else (briefing, media)


def _check_name(path: Path, report: Report) -> None:
    match = NAME.fullmatch(path.stem)
    try:
        if not match:
            raise ValueError
        date.fromisoformat(match[1])
    except ValueError:
        report.add(1, f"the file name {path.name!r} must be a date and words, such as 2026-11-20-weekly.md")
    if len(path.stem) > MAX_NAME:
        report.add(1, f"the file name has {len(path.stem)} letters: {MAX_NAME} are the most")


def _sections(body: str, first_line: int, report: Report, audiences: Audiences) -> tuple[Section, ...]:
    """Cut the body at its `##` headings. Reports HTML, images and text before the first heading."""
    lines = body.split("\n")
    defined: dict[str, Any] = {}
    tokens = _RAW.parse(body, defined)
    for reference in defined.get("references", {}).values():
        report.add(first_line + reference["map"][0], "a link defined apart: write [text](https://...) where it stands")
    for token in tokens:
        line = first_line + (token.map[0] if token.map else 0)
        children = token.children or []
        if token.type == "html_block" or any(child.type == "html_inline" for child in children):
            report.add(line, "HTML is not allowed: write it as Markdown")
        if any(child.type == "image" for child in children):
            report.add(line, "an image in the text: list it under images: in the front matter, with its alt text")
        for child in children:
            if child.type == "link_open" and not str(child.attrGet("href")).startswith(
                ("https://", "http://", "mailto:", "tel:", "sms:")
            ):
                report.add(line, "a link without a full address: start it with https://")
    starts = []
    for token in PARSER.parse(body):
        if token.type == "heading_open" and token.map and token.level == 0:
            if token.tag == "h2":
                starts.append((token.map[0], token.map[1]))
            elif token.tag == "h1":
                report.add(first_line + token.map[0], "'#' is the title's level: start a section with '## '")
    if not starts:
        report.add(first_line, "has no section: start one with '## ' and its heading")
        return ()
    if any(line.strip() for line in lines[: starts[0][0]]):
        report.add(first_line, "text before the first section: start it with '## ' and its heading")
    ends = [start for start, _ in starts[1:]] + [len(lines)]
    sections = []
    for (start, after), end in zip(starts, ends, strict=True):
        heading = " ".join(lines[start].strip().strip("#").split())
        if after - start > 1 and not heading:
            heading = lines[start].strip()
        heading, whom = split_heading(heading, first_line + start, report, audiences)
        if not heading:
            report.add(first_line + start, "a section without a heading: write it behind '## '")
        sections.append(Section(heading, "\n".join(lines[after:end]).strip("\n"), whom))
    return tuple(sections)


def _briefing(
    path: Path,
    fields: Fields,
    sections: tuple[Section, ...],
    places: Places,
    audiences: Audiences,
    templates: MessageTemplates,
) -> tuple[Briefing | None, list[MediaFile]]:
    zone = places.borough.zone
    region = fields.text("region")
    if region and region not in places.regions:
        fields.wrong("region", f"{region!r} is not a region of places.yaml ({', '.join(places.regions)})")
    elif region and region != path.parent.name:
        fields.wrong(
            "region", f"{region!r} does not match the folder {path.parent.name!r}: move the file or correct it"
        )
    author = fields.text("author")
    message, title, summary, sections = _words(fields, sections, places, templates)
    period = _period(fields)
    publish_at = fields.moment("publish_at", zone)
    if publish_at and not slot_is_allowed(publish_at.timetz().replace(tzinfo=None)):
        fields.wrong("publish_at", "lies between 00:30 and 02:30, when clocks change: choose another time")
    expires = fields.moment("expires", zone, required=False, or_day=True)
    if publish_at and expires and expires <= publish_at:
        fields.wrong("expires", "is not after publish_at: choose a later time")
    severity = fields.choice("severity", Severity)
    audience = read_audiences(fields, audiences)
    contacts = tuple(read_contact(entry, places, audiences) for entry in fields.mappings("contacts"))
    contacts += _services(region, severity, places, audiences)
    events = tuple(e for entry in fields.mappings("events") if (e := read_event(entry, region, places, audiences)))
    question = read_question(fields.mapping("question", required=False))
    actions = tuple(a for entry in fields.mappings("actions") if (a := read_action(entry, region, places, audiences)))
    figures = tuple(read_figure(entry) for entry in fields.mappings("figures"))
    images, media = read_images(fields, path.parent)
    easy_read = read_easy_read(fields)
    fields.done()
    used = {*audience}.union(
        *(section.audiences for section in sections),
        *(contact.audiences for contact in contacts),
        *(event.audiences for event in events),
        *(action.audiences for action in actions),
    )
    if not (period and publish_at and severity):
        return None, media
    briefing = Briefing(
        region, path.stem, title, period, publish_at, severity, author, summary, sections, expires, audience,
        contacts, events, question, actions, figures, images,
        named(used, audiences), easy_read, message,
    )  # fmt: skip
    return briefing, media


def _words(
    fields: Fields, sections: tuple[Section, ...], places: Places, templates: MessageTemplates
) -> tuple[Message | None, str, str, tuple[Section, ...]]:
    """Return title, summary and sections: the briefing's own, or its message and what that says, its sections first."""
    if not fields.has("message"):
        return None, fields.text("title"), fields.text("summary"), sections
    for key in ("title", "summary"):
        fields.refuse(key, "comes from the message: take this line out")
    before = len(fields.report.problems)
    entry = fields.mapping("message")
    message = read_message(entry, templates, places.borough.zone) if entry else None
    if message is None or len(fields.report.problems) > before:
        return None, "", "", sections
    title, summary, first = message_sections(message, templates, places.borough.source_locale)
    return replace(message, sections=len(first)), title, summary, (*first, *sections)


def _period(fields: Fields) -> Period | None:
    entry = fields.mapping("period")
    if entry is None:
        return None
    start, end = entry.day("from"), entry.day("to")
    entry.done()
    if start and end and end < start:
        entry.wrong("to", "is before from: swap them")
    return Period(start, end) if start and end else None


def _services(region: str, severity: Severity | None, places: Places, audiences: Audiences) -> tuple[Contact, ...]:
    """Return the borough-wide services that editions of this region show.

    None in an urgent briefing: its text is signed off ahead, and nothing in it may need another sign-off.
    """
    if severity is Severity.URGENT or region not in places.regions:
        return ()
    shown = places.regions[region].locales
    return tuple(service for service in audiences.services if any(service.is_shown_in(tag) for tag in shown))
