"""The entries of a briefing's front matter: contacts, events, question, actions, figures, images, easy read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from briefings.content.fields import Fields
from briefings.content.files import MediaFile, read_image
from briefings.model.audience import EVERYONE, Audiences
from briefings.model.briefing import Action, ActionState, Contact, Event, Figure, Image, Question
from briefings.model.language import canonical
from briefings.model.place import Places

MIN_SENTENCES, MAX_SENTENCES, MAX_SENTENCE = 3, 40, 120
"""Of the easy-read version: how many sentences, and the letters of one."""

_EMAIL = re.compile(r"[^\s@<>\"',;:]+@[^\s@<>\"',;:]+")
_URL = re.compile(r"https?://[^\s<>\"]+")


def _ward(entry: Fields, region: str, places: Places) -> str:
    ward = entry.text("ward", required=False)
    if ward and ward not in places.wards:
        entry.wrong("ward", f"{ward!r} is not a ward of places.yaml: use its GSS code")
    elif ward and region in places.regions and ward not in places.regions[region].wards:
        entry.wrong("ward", f"{ward} ({places.wards[ward].name}) is not in the region {region!r}")
    return ward


def read_audiences(entry: Fields, audiences: Audiences) -> tuple[str, ...]:
    """Read `audience:`, a name or a list of names; empty where it is not there."""
    key = "audience"
    names = entry.texts(key) if entry.is_list(key) else (entry.text(key, required=False),)
    for name in names:
        if name and name not in audiences.names:
            entry.wrong(key, unknown_audience(name, audiences))
    return tuple(dict.fromkeys(name for name in names if name))


def unknown_audience(name: str, audiences: Audiences) -> str:
    return f"{name!r} is not one of {', '.join(audiences.names)} (audiences.yaml)"


def named(ids: Iterable[str], audiences: Audiences) -> tuple[tuple[str, str], ...]:
    """Return id and name of these audiences, each once, in the order of audiences.yaml; everyone is left out."""
    used = set(ids) - {EVERYONE}
    return tuple((id, name) for id, name in audiences.names.items() if id in used)


def _locales(entry: Fields, places: Places) -> tuple[str, ...]:
    """Read the locales of the editions that show a contact."""
    found = []
    for raw in entry.texts("locales"):
        tag = raw
        with suppress(ValueError):
            tag = canonical(raw)
        if tag in places.locales:
            found.append(tag)
        else:
            entry.wrong("locales", f"{raw!r} is not one of the borough's locales ({', '.join(places.locales)})")
    return tuple(dict.fromkeys(found))


def read_contact(entry: Fields, places: Places, audiences: Audiences) -> Contact:
    """Read one contact or service; what is wrong with it is reported."""
    contact = Contact(
        entry.text("name"),
        entry.text("phone", required=False, loose=True),
        entry.text("email", required=False),
        entry.text("url", required=False),
        entry.text("note", required=False),
        read_audiences(entry, audiences),
        _locales(entry, places),
    )
    if contact.url and not _URL.fullmatch(contact.url):
        entry.wrong("url", f"{contact.url!r} is not a full address: start it with https://")
    if contact.email and not _EMAIL.fullmatch(contact.email):
        entry.wrong("email", f"{contact.email!r} is not an e-mail address: write it as name@example.org")
    entry.done()
    return contact


def read_event(entry: Fields, region: str, places: Places, audiences: Audiences) -> Event | None:
    """Read one event, its times in the borough's zone; None where a time is wrong, which is reported."""
    zone = places.borough.zone
    title, place = entry.text("title"), entry.text("place")
    start, end = entry.moment("start", zone), entry.moment("end", zone)
    ward, whom = _ward(entry, region, places), read_audiences(entry, audiences)
    entry.done()
    if start and end and end < start:
        entry.wrong("end", "is before start: correct one of them")
    return Event(title, start, end, place, ward, whom) if start and end else None


def read_question(entry: Fields | None) -> Question | None:
    """Read the question and its options; None where there is none."""
    if entry is None:
        return None
    question = Question(entry.text("id", loose=True), entry.text("text"), entry.texts("options"))
    if len(set(question.options)) < len(question.options):
        entry.wrong("options", "has the same option twice: keep one")
    entry.done()
    return question


def read_action(entry: Fields, region: str, places: Places, audiences: Audiences) -> Action | None:
    """Read one \"You said, we did\"; None where its state is wrong, which is reported."""
    said, did = entry.text("said"), entry.text("did")
    state = entry.choice("state", ActionState)
    ward, whom = _ward(entry, region, places), read_audiences(entry, audiences)
    entry.done()
    return Action(said, did, state, ward, whom) if state else None


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


def read_easy_read(fields: Fields) -> tuple[str, ...]:
    """Read the sentences of the easy-read version; empty where there is none. Too long or too many is reported."""
    key = "easy_read"
    found = fields.texts_with_lines(key)
    for text, line in found:
        if len(text) > MAX_SENTENCE:
            fields.report.add(
                line, f"{key}: a sentence of {len(text)} letters: {MAX_SENTENCE} are the most; tell one thing in each"
            )
    if found and not MIN_SENTENCES <= len(found) <= MAX_SENTENCES:
        fields.wrong(key, f"has {len(found)}: write {MIN_SENTENCES} to {MAX_SENTENCES} short sentences")
    return tuple(text for text, _line in found)
