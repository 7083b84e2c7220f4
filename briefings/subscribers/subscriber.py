"""A subscriber and their choices: which places, in which language, how often, in which form."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from briefings.model.errors import Refused
from briefings.model.language import canonical
from briefings.model.place import Places
from briefings.subscribers import address

MAX_SOURCE = 120
_FORMULA_STARTS = ("=", "+", "-", "@")


class Frequency(StrEnum):
    IMMEDIATE = "immediate"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Format(StrEnum):
    HTML = "html"
    TEXT = "text"
    LARGE_PRINT = "large-print"


@dataclass(frozen=True)
class Choices:
    """What a person wants. `wards` holds GSS codes; regions and wards may overlap."""

    locale: str
    regions: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    frequency: Frequency = Frequency.WEEKLY
    format: Format = Format.HTML


@dataclass(frozen=True)
class Subscriber:
    id: int
    email: str
    choices: Choices
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""

    @property
    def is_active(self) -> bool:
        """True where this person may be mailed: confirmed, and not ended."""
        return self.confirmed_at is not None and self.ended_at is None


@dataclass(frozen=True)
class Enrolment:
    """A wish to subscribe. `confirmed_at` is when the person agreed; without it nothing is mailed.

    `source` says where they agreed (a form, a paper list), `words` is the exact text they were shown.
    """

    email: str
    choices: Choices
    source: str
    words: str = ""
    confirmed_at: datetime | None = None


def checked_enrolment(enrolment: Enrolment, places: Places, now: datetime) -> Enrolment:
    """Return an enrolment in the form it is stored in.

    Raises Refused naming the field and the way to put it right; the text never holds the address.
    """
    try:
        email = address.checked(enrolment.email)
    except ValueError as error:
        raise Refused(f"email {error}") from None
    confirmed_at = enrolment.confirmed_at
    if confirmed_at is not None and confirmed_at > now:
        raise Refused("confirmed_at lies in the future; give the time at which the person agreed")
    source = unicodedata.normalize("NFC", enrolment.source.strip())
    if confirmed_at is not None and not source:
        raise Refused("source is empty; say where this person agreed, for example 'paper form, library'")
    if len(source) > MAX_SOURCE:
        raise Refused(f"source is longer than {MAX_SOURCE} characters; shorten it")
    if not source.isprintable():
        raise Refused("source holds line breaks or control characters; write it in one plain line")
    if source.startswith(_FORMULA_STARTS):
        raise Refused("source starts with = + - or @, which a spreadsheet would run; start it with a word")
    choices = checked_choices(enrolment.choices, places)
    return replace(enrolment, email=email, choices=choices, source=source)


def checked_choices(choices: Choices, places: Places) -> Choices:
    """Return choices in the form they are stored in. Raises Refused naming the field."""
    regions, wards = tuple(sorted(set(choices.regions))), tuple(sorted(set(choices.wards)))
    for region in regions:
        if region not in places.regions:
            raise Refused(f"regions has {shown(region)}, which is unknown; use {', '.join(places.regions)}")
    for ward in wards:
        if ward not in places.wards:
            raise Refused(f"wards has {shown(ward)}, which is unknown; use the ward's GSS code from places.yaml")
    if not regions and not wards:
        raise Refused("regions and wards are both empty; follow at least one place")
    return replace(choices, locale=_known_locale(choices.locale, places.locales), regions=regions, wards=wards)


@lru_cache(maxsize=256)
def _known_locale(tag: str, locales: tuple[str, ...]) -> str:
    try:
        locale = tag if tag in locales else canonical(tag)
    except ValueError:
        locale = ""
    if locale not in locales:
        raise Refused(f"locale has {shown(tag)}, which is not offered here; use {', '.join(locales)}")
    return locale


def shown(value: str) -> str:
    """Quote a value for a message: short, no control characters, and no address that slipped columns."""
    return "an email address" if "@" in value else repr(value if len(value) <= 40 else value[:39] + "…")
