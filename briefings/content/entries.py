"""The entries of a briefing's front matter: contacts, events, question, actions, figures, images."""

from __future__ import annotations

import re
from pathlib import Path

from briefings.content.fields import Fields
from briefings.content.files import MediaFile, read_image
from briefings.model.briefing import Action, ActionState, Contact, Event, Figure, Image, Question
from briefings.model.place import Places

_EMAIL = re.compile(r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+")
_URL = re.compile(r"https?://[^\s<>\"]+")


def _ward(entry: Fields, region: str, places: Places) -> str:
    ward = entry.text("ward", required=False)
    if ward and ward not in places.wards:
        entry.wrong("ward", f"{ward!r} is not a ward of places.yaml: use its GSS code")
    elif ward and region in places.regions and ward not in places.regions[region].wards:
        entry.wrong("ward", f"{ward} ({places.wards[ward].name}) is not in the region {region!r}")
    return ward


def read_contact(entry: Fields) -> Contact:
    """Read one contact; what is wrong with it is reported."""
    contact = Contact(
        entry.text("name"),
        entry.text("phone", required=False, loose=True),
        entry.text("email", required=False),
        entry.text("url", required=False),
        entry.text("note", required=False),
    )
    if contact.url and not _URL.fullmatch(contact.url):
        entry.wrong("url", f"{contact.url!r} is not a full address: start it with https://")
    if contact.email and not _EMAIL.fullmatch(contact.email):
        entry.wrong("email", f"{contact.email!r} is not an e-mail address: write it as name@example.org")
    entry.done()
    return contact


def read_event(entry: Fields, region: str, places: Places) -> Event | None:
    """Read one event, its times in the borough's zone; None where a time is wrong, which is reported."""
    zone = places.borough.zone
    title, place = entry.text("title"), entry.text("place")
    start, end = entry.moment("start", zone), entry.moment("end", zone)
    ward = _ward(entry, region, places)
    entry.done()
    if start and end and end < start:
        entry.wrong("end", "is before start: correct one of them")
    return Event(title, start, end, place, ward) if start and end else None


def read_question(entry: Fields | None) -> Question | None:
    """Read the question and its options; None where there is none."""
    if entry is None:
        return None
    question = Question(entry.text("id", loose=True), entry.text("text"), entry.texts("options"))
    if len(set(question.options)) < len(question.options):
        entry.wrong("options", "has the same option twice: keep one")
    entry.done()
    return question


def read_action(entry: Fields, region: str, places: Places) -> Action | None:
    """Read one \"You said, we did\"; None where its state is wrong, which is reported."""
    said, did = entry.text("said"), entry.text("did")
    state = entry.choice("state", ActionState)
    ward = _ward(entry, region, places)
    entry.done()
    return Action(said, did, state, ward) if state else None


def read_figure(entry: Fields) -> Figure:
    """Read one figure with its label."""
    figure = Figure(
        entry.text("label"),
        entry.number("value"),
        entry.text("unit", required=False),
        entry.text("source", required=False),
    )
    entry.done()
    return figure


def read_images(fields: Fields, folder: Path) -> tuple[tuple[Image, ...], list[MediaFile]]:
    """Read all images; return them with the files found beside the briefing."""
    images, media = [], []
    for entry in fields.mappings("images"):
        src, alt = entry.text("src"), entry.text("alt")
        entry.done()
        if not src:
            continue
        found = read_image(folder, src)
        if isinstance(found, str):
            entry.wrong("src", found)
        else:
            images.append(Image(src, alt, found.digest))
            media.append(found)
    return tuple(images), media
