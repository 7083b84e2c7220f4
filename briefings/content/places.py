"""places.yaml, audiences.yaml and channels.yaml: what makes a borough this borough."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from briefings.content.entries import read_contact
from briefings.content.fields import Fields, Report, compose
from briefings.content.files import read_text
from briefings.model.audience import EVERYONE, Audiences
from briefings.model.briefing import Contact
from briefings.model.channel import SITE, Account, Channel, Channels
from briefings.model.language import canonical
from briefings.model.place import RESERVED_NAMES, Borough, Places, PublicContact, Region, Ward
from briefings.model.schedule import Cadence

AVAILABLE = (Channel.EMAIL, *SITE, Channel.X)
"""The channels that channels.yaml may switch on."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def load_places(path: Path, report: Report) -> Places | None:
    """Read places.yaml; None where it has a problem, which `report` then names."""
    fields = _open(path, report)
    if fields is None:
        return None
    borough = _borough(fields)
    source = borough.source_locale if borough else "en-GB"
    locales = _locales(fields, source)
    wards = _wards(fields)
    regions = {}
    table = fields.mapping("regions")
    for key in table.keys() if table else ():
        entry = table.mapping(key) if table else None
        if key in RESERVED_NAMES:
            fields.wrong("regions", f"{key!r} cannot name a region: the site has a page of that name; use another id")
        elif not re.fullmatch(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*", key):
            fields.wrong("regions", f"{key!r} cannot name a region: use letters, digits and -")
        elif entry:
            regions[key] = _region(key, entry, wards, locales)
    if table and not regions:
        fields.wrong("regions", "is empty: name at least one region")
    names = fields.texts("names")
    fields.done()
    if report.problems or borough is None:
        return None
    return Places(borough, locales, regions, wards, names)


def load_audiences(path: Path, report: Report, places: Places) -> Audiences:
    """Read audiences.yaml. Without the file there is one audience, everyone, and no service."""
    if not path.is_file() or (fields := _open(path, report)) is None:
        return Audiences()
    names = {EVERYONE: "Everyone"}
    table = fields.mapping("audiences", required=False)
    for key in table.keys() if table else ():
        entry = table.mapping(key) if table else None
        if entry:
            names[key] = entry.text("name")
            entry.done()
    speakers: dict[str, int] = {}
    counts = fields.mapping("speakers", required=False)
    for key in counts.keys() if counts else ():
        if counts and (tag := _tag(key, counts, key)):
            speakers[tag] = int(counts.number(key))
    services = _services(fields, places, Audiences(names))
    fields.done()
    return Audiences(names, speakers, services)


def _services(fields: Fields, places: Places, audiences: Audiences) -> tuple[Contact, ...]:
    """Read the services; one with a fault is left out, so that no briefing shows it half."""
    found = []
    for entry in fields.mappings("services"):
        before = len(fields.report.problems)
        service = read_contact(entry, places, audiences)
        if len(fields.report.problems) == before:
            found.append(replace(service, is_service=True))
    return tuple(found)


def load_channels(path: Path, report: Report, places: Places) -> Channels:
    """Read channels.yaml. Without the file: e-mail, feeds and pages only."""
    if not path.is_file() or (fields := _open(path, report)) is None:
        return Channels()
    enabled: list[Channel] = []
    for name, line in fields.texts_with_lines("channels"):
        if name in AVAILABLE:
            enabled.append(Channel(name))
        else:
            report.add(line, f"channels: {name!r} is not one of {', '.join(AVAILABLE)}")
    accounts: dict[Channel, tuple[Account, ...]] = {}
    table = fields.mapping("accounts", required=False)
    for key in table.keys() if table else ():
        if table is None or key != Channel.X:
            fields.wrong("accounts", f"{key!r} is not a channel with accounts: there is {Channel.X}")
            continue
        accounts[Channel(key)] = tuple(_account(entry, places) for entry in table.mappings(key))
        if len(accounts[Channel(key)]) > 1:
            table.wrong(key, "has more than one account: there is one set of keys, so keep one")
    engines = _engines(fields, places)
    fields.done()
    return Channels(tuple(dict.fromkeys(enabled)) or Channels().enabled, accounts, engines)


def _engines(fields: Fields, places: Places) -> dict[str, tuple[str, ...]]:
    table = fields.mapping("engines", required=False)
    engines: dict[str, tuple[str, ...]] = {}
    for key in table.keys() if table else ():
        if table is None or (tag := _tag(key, table, key)) is None:
            continue
        if tag not in places.locales:
            table.wrong(key, f"{tag!r} is not one of the borough's locales")
        engines[tag] = table.texts(key)
    return engines


def _open(path: Path, report: Report) -> Fields | None:
    text = read_text(path, report)
    node = compose(text, report) if text is not None else None
    return Fields(node, report) if node is not None else None


def _tag(tag: str, fields: Fields, key: str) -> str | None:
    try:
        return canonical(tag)
    except ValueError as error:
        fields.wrong(key, str(error))
        return None


def _borough(fields: Fields) -> Borough | None:
    entry = fields.mapping("borough")
    if entry is None:
        return None
    code, name, timezone = entry.text("code", loose=True), entry.text("name"), entry.text("timezone")
    source = _tag(entry.text("source_locale") or "en-GB", entry, "source_locale")
    try:
        ZoneInfo(timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        entry.wrong("timezone", f"{timezone!r} is not a time zone: write it as Europe/London")
    contact = _contact(entry)
    entry.done()
    return Borough(code, name, timezone, source, contact) if source else None


def _contact(borough: Fields) -> PublicContact:
    entry = borough.mapping("contact", required=False)
    if entry is None:
        return PublicContact()
    email, phone, url = (entry.text(name, required=False) for name in ("email", "phone", "url"))
    if email and not _EMAIL.fullmatch(email):
        entry.wrong("email", f"{email!r} is not an email address: write it as name@example.org")
    if url and not url.startswith("https://"):
        entry.wrong("url", f"{url!r} is not a web address: start it with https://")
    entry.done()
    return PublicContact(email, phone, url)


def _locales(fields: Fields, source: str) -> tuple[str, ...]:
    tags = [_tag(tag, fields, "locales") for tag in fields.texts("locales")]
    return tuple(dict.fromkeys((source, *(tag for tag in tags if tag))))


def _wards(fields: Fields) -> dict[str, Ward]:
    table = fields.mapping("wards")
    wards = {}
    for code in table.keys() if table else ():
        entry = table.mapping(code) if table else None
        if entry:
            wards[code] = Ward(code, entry.text("name"))
    return wards


def _region(key: str, entry: Fields, wards: Iterable[str], locales: tuple[str, ...]) -> Region:
    name = entry.text("name")
    codes = entry.texts("wards")
    for code in codes:
        if code not in wards:
            entry.wrong("wards", f"{code!r} is not under wards: add it there or correct the GSS code")
    own = [_tag(tag, entry, "locales") for tag in entry.texts("locales")]
    for tag in own:
        if tag and tag not in locales:
            entry.wrong("locales", f"{tag!r} is not one of the borough's locales")
    cadence = None
    if raw := entry.text("cadence", required=False):
        try:
            cadence = Cadence.parse(raw)
        except ValueError as error:
            entry.wrong("cadence", str(error))
    entry.done()
    chosen = tuple(dict.fromkeys((locales[0], *(tag for tag in own if tag)))) if own else locales
    return Region(key, name, codes, chosen, cadence)


def _account(entry: Fields, places: Places) -> Account:
    name = entry.text("name")
    tags = tuple(tag for raw in entry.texts("locales") if (tag := _tag(raw, entry, "locales")))
    regions = entry.texts("regions")
    for tag in tags:
        if tag not in places.locales:
            entry.wrong("locales", f"{tag!r} is not one of the borough's locales")
    for region in regions:
        if region not in places.regions:
            entry.wrong("regions", f"{region!r} is not a region of places.yaml")
    entry.done()
    return Account(name, tags, regions)
