"""Sample briefings and editions of a made-up borough, for every rendering test.

Translations here are stand-ins: a few real phrases, else words of the right script in the source's
places with every fact kept, so that a renderer meets real scripts, lengths and directions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog

from briefings.model.briefing import (
    Action,
    ActionState,
    Briefing,
    Contact,
    Event,
    Figure,
    Image,
    Period,
    Question,
    Section,
    Severity,
)
from briefings.model.edition import Edition, Segment, SegmentState
from briefings.model.language import catalog_name
from briefings.model.place import Borough, Places, Region, Ward
from briefings.rendering.interface import Interface
from briefings.rendering.site import Site
from briefings.rendering.templates import environment
from briefings.translation.catalogs import Catalogs, Messages
from briefings.translation.segments import source_texts

SOURCE = "en-GB"
LOCALES = (SOURCE, "ur", "ta", "bg")
ZONE = ZoneInfo("Europe/London")
EVERYTHING = "*"
"""As `unready`: not one section is translated."""

PLACES = Places(
    borough=Borough("E09999999", "Exampleton", "Europe/London", SOURCE),
    locales=LOCALES,
    regions={
        "riverside": Region("riverside", "Riverside", ("E05999901", "E05999902"), LOCALES),
        "hillside": Region("hillside", "Hillside", ("E05999903",), (SOURCE, "ur")),
    },
    wards={
        "E05999901": Ward("E05999901", "Old Mill"),
        "E05999902": Ward("E05999902", "Ferry Lane"),
        "E05999903": Ward("E05999903", "Upper Common"),
    },
)

PHRASES = {
    "ur": {
        "Phone thefts down, evening patrols continue": "فون کی چوریوں میں کمی، شام کے گشت جاری ہیں",
        "What you told us": "آپ نے ہمیں کیا بتایا",
        "What we did": "ہم نے کیا کیا",
        "Keep your phone safe": "اپنا فون محفوظ رکھیں",
        "What should we work on next?": "ہمیں آگے کس چیز پر کام کرنا چاہیے؟",
        "Street lighting": "گلیوں کی روشنی",
    },
    "ta": {
        "Phone thefts down, evening patrols continue": "தொலைபேசித் திருட்டு குறைந்தது, மாலை ரோந்து தொடர்கிறது",
        "What you told us": "நீங்கள் எங்களிடம் கூறியவை",
        "What we did": "நாங்கள் செய்தவை",
        "Keep your phone safe": "உங்கள் தொலைபேசியைப் பாதுகாப்பாக வைத்திருங்கள்",
        "What should we work on next?": "அடுத்து நாங்கள் எதில் பணியாற்ற வேண்டும்?",
        "Street lighting": "தெரு விளக்குகள்",
    },
    "bg": {
        "Phone thefts down, evening patrols continue": "По-малко кражби на телефони, вечерните патрули продължават",
        "What you told us": "Какво ни казахте",
        "What we did": "Какво направихме",
        "Keep your phone safe": "Пазете телефона си",
        "What should we work on next?": "Върху какво да работим след това?",
        "Street lighting": "Улично осветление",
    },
}

_TEXTS = {
    "ur": "ہم آپ کے علاقے میں پولیس کی ٹیم شام کو گشت کرتی ہے اور لوگوں سے بات چیت بھی جاری رکھتی ہے",
    "ta": "எங்கள் பகுதியில் காவல்துறை குழு மாலையில் ரோந்து செல்கிறது மக்களுடன் தொடர்ந்து பேசுகிறது பாதுகாப்பு",
    "bg": "нашият район полицейски екип вечер обикаля улиците и разговаря редовно с хората безопасност",
}
WORDS = {locale: text.split() for locale, text in _TEXTS.items()}

BODY_TOLD = """\
Residents near **Ferry Lane** told us about phones snatched by riders on e-bikes, mostly between 17:00 and 20:00.

We heard from 43 people at two meetings:

- 27 asked for more patrols at the station
- 11 asked for better lighting in Mill Park
- 5 asked about [reporting in their own language](https://exampleton.example/report)
"""

BODY_DID = """\
Officers made 9 arrests and returned 14 phones. Patrols now run every evening until 22:30.

1. The team marks phones for free at the library.
2. The council cut back hedges on *Mill Road*, EX4 1PL.
"""

BODY_SAFE = """\
Step away from the kerb before you use your phone. Write down its number: dial `*#06#`.

Ask your provider to block a stolen phone at once, then call 101.
"""


def sample_briefing(severity: Severity = Severity.ROUTINE) -> Briefing:
    """Return a briefing that has everything a briefing can have."""
    return Briefing(
        region="riverside",
        slug="2026-11-06-evening-patrols",
        title="Phone thefts down, evening patrols continue",
        period=Period(date(2026, 10, 1), date(2026, 10, 31)),
        publish_at=datetime(2026, 11, 6, 9, 0, tzinfo=ZONE),
        severity=severity,
        author="Community Safety Team",
        summary="Thefts of phones fell by 18% in October. Evening patrols at the station go on, and you can "
        "choose what we work on next.",
        sections=(
            Section("What you told us", BODY_TOLD),
            Section("What we did", BODY_DID),
            Section("Keep your phone safe", BODY_SAFE, ("young-people",)),
        ),
        expires=datetime(2026, 12, 4, 9, 0, tzinfo=ZONE),
        audience=("everyone",),
        contacts=(
            Contact(
                "Riverside neighbourhood team",
                phone="020 7946 0123",
                email="riverside@exampleton.example",
                url="https://exampleton.example/safety",
                note="We answer within 72 hours.",
            ),
            Contact("Noise and street lighting", phone="020 7946 0456", audiences=("young-people", "businesses")),
            Contact("Interpreters", phone="020 7946 0789", note="Ask us for an interpreter.", locales=("ur", "bg")),
        ),
        events=(
            Event(
                "Ward panel meeting",
                datetime(2026, 11, 19, 18, 30, tzinfo=ZONE),
                datetime(2026, 11, 19, 20, 0, tzinfo=ZONE),
                "Old Mill Library, 12 Mill Road, EX4 1PL",
                "E05999901",
            ),
            Event(
                "Free phone marking",
                datetime(2026, 11, 21, 10, 0, tzinfo=ZONE),
                datetime(2026, 11, 21, 13, 0, tzinfo=ZONE),
                "Ferry Lane Market",
                audiences=("businesses",),
            ),
        ),
        question=Question(
            "next-priority",
            "What should we work on next?",
            ("Street lighting", "Speeding on Mill Road", "Patrols near schools"),
        ),
        actions=(
            Action("Mill Park is too dark after 16:00.", "We fitted 12 new lamps.", ActionState.DONE, "E05999901"),
            Action("Young people need a warm room.", "The library is open.", ActionState.DONE, "", ("young-people",)),
            Action("We want patrols before 07:00.", "There are not enough officers.", ActionState.NOT_POSSIBLE),
        ),
        figures=(
            Figure("Phone thefts", Decimal(1234), source="Exampleton police"),
            Figure("Change since September", Decimal("-18.5"), unit="per cent"),
        ),
        images=(Image("images/patrol.jpg", "Two officers talk to people outside a library", "a1" * 32),),
        audience_names=(("young-people", "Young people"), ("businesses", "Businesses")),
        easy_read=(
            "Thieves took fewer phones.",
            "Officers walk near the station every evening until 22:30.",
            "Call 101 if someone took your phone.",
        ),
    )


def edition_of(
    briefing: Briefing,
    locale: str,
    unready: Sequence[str] = (),
    state: SegmentState = SegmentState.TRANSLATED,
    reviewed: bool = False,
) -> Edition:
    """Return an edition of a briefing; `unready` names sections without translation, or EVERYTHING.

    A locale that has no stand-in words (such as `ar`) is wholly untranslated.
    """
    segments = {}
    for key, source in source_texts(briefing, locale).items():
        segment = Segment(key, source)
        if locale != SOURCE and locale in WORDS and EVERYTHING not in unready and segment.section not in unready:
            segment = Segment(key, source, translated(source, locale), state, "sample")
        segments[key] = segment
    return Edition(briefing, locale, SOURCE, segments, reviewed)


def sample_edition(locale: str = SOURCE, unready: Sequence[str] = (), severity: Severity = Severity.ROUTINE) -> Edition:
    """Return the sample briefing in a locale (see `edition_of`)."""
    return edition_of(sample_briefing(severity), locale, unready)


def sample_site(public_url: str = "https://briefings.exampleton.example") -> Site:
    """Return a site whose interface is translated, as a stand-in, into every sample locale."""
    catalogs = SampleCatalogs()
    return Site(PLACES, public_url, lru_cache(lambda locale: Interface(locale, catalogs, ZONE, SOURCE)))


TEMPLATES = environment([Path(__file__).resolve().parents[2] / "templates"])

_KEPT = re.compile(
    r"\{\w*\}|\]\([^)]*\)|`[^`]*`|https?://\S+|\S+@\S+|[A-Z]{1,2}\d+ \d[A-Z]{2}|(?P<word>[A-Za-z][\w'’-]*)"
)


def translated(source: str, locale: str) -> str:
    """Return a stand-in translation: same markup and facts, other words, never the same text."""
    if source in PHRASES[locale]:
        return PHRASES[locale][source]
    words, offset = WORDS[locale], sum(map(ord, source))

    def word(match: re.Match[str]) -> str:
        return words[(offset + match.start()) % len(words)] if match["word"] else match[0]

    return _KEPT.sub(word, source)


class _Singular(dict[str, str]):
    """Every string has a translation: what stays in the source's script was never given to `t`."""

    def __init__(self, locale: str) -> None:
        super().__init__(PHRASES[locale])
        self._locale = locale

    def __contains__(self, source: object) -> bool:
        return True

    def __missing__(self, source: str) -> str:
        return translated(source, self._locale)


class _Plural(dict[str, tuple[str, ...]]):
    def __init__(self, locale: str) -> None:
        super().__init__()
        self._locale = locale

    def get(self, source: str, default: object = None) -> tuple[str, ...]:
        return (translated(source, self._locale),) * 6


class SampleCatalogs(Catalogs):
    """Stand-in catalogs held in memory, for the locales that have words here."""

    def __init__(self) -> None:
        super().__init__(())

    def layers(self, domain: str, locale: str) -> tuple[Messages, ...]:
        if locale not in WORDS:
            return ()
        return (
            Messages(locale, singular=_Singular(locale), plural=_Plural(locale), catalog=Catalog(catalog_name(locale))),
        )
