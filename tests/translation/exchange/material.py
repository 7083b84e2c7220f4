"""Units to send out and back in: any that can be made, and those of the shipped catalogs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import strategies as st

from briefings.content.loader import load_content
from briefings.model.edition import SegmentState
from briefings.settings import CHECKOUT
from briefings.store.engine import migrate, open_engine
from briefings.translation.catalogs import Catalogs
from briefings.translation.exchange.export import units_of
from briefings.translation.exchange.units import Unit
from briefings.translation.memory import Entry, Memory, Origin
from briefings.translation.resources import LanguageResources

LOCALES = ("ro", "ur", "bg", "pl", "tr", "es", "pt-PT", "pa", "it", "ta")
CONTENT = load_content(CHECKOUT)
NORTH = CONTENT.briefings["north/2026-11-20-car-crime-and-park-safety"]
SOURCE = "What happens next"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

ODD = [
    *("<b>&amp;]]>", 'say "no" \\ \\n', "a\nb\n", "\r\n", "\t x ", "#, fuzzy", "😀e\u0301"),
    *("{name} https://example.org/a?b=1&c={d}", "https://a\x01b", "%(who)s", "\x1b\x00\x7f\x85\u2028\ufffe"),
    *("\u202e\u2067اردو\u2069", "தமிழ்", "ਪੰਜਾਬੀ"),
]

_pieces = st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
texts = st.lists(_pieces, min_size=1, max_size=4).map("".join).filter(str.strip)
_words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=12)
_zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=_zones)  # noqa: DTZ001
_places = st.lists(st.from_regex(r"[a-z]{1,5}/[a-z0-9-]{1,8}#[a-z]{1,7}/[0-9]", fullmatch=True), max_size=3).map(tuple)

translated = st.builds(
    Unit,
    source=texts,
    target=texts,
    state=st.sampled_from([state for state in SegmentState if state is not SegmentState.INITIAL]),
    places=_places,
    note=_words,
    origin=st.sampled_from(["", "person", "import", "engine"]),
    author=_words,
    version=_words,
    made_at=st.none() | _moments,
    reviewer=_words,
    reviewed_at=st.none() | _moments,
)
rejected = translated.map(lambda unit: Unit(**{**vars(unit), "state": SegmentState.INITIAL, "origin": "person"}))
untranslated = st.builds(Unit, source=texts, places=_places, note=_words)
suggested = st.builds(
    Unit,
    source=texts,
    places=_places,
    note=_words,
    suggestion=st.tuples(_words.filter(str.strip), _words.filter(str.strip), st.integers(0, 100)),
)
units = st.lists(
    st.one_of(translated, rejected, untranslated, suggested), max_size=6, unique_by=lambda unit: unit.source
)


def sample(name: str) -> str:
    """Return a file as another tool writes it; all are written for these tests, after what the tools do."""
    return (Path(__file__).parent / "samples" / name).read_text(encoding="utf-8")


def empty_memory() -> Memory:
    engine = open_engine("sqlite://")
    migrate(engine)
    return Memory(engine, "en-GB")


def put(memory: Memory, target: str, state: SegmentState, source: str = SOURCE, age: int = 1) -> Entry:
    """Put a Romanian translation into the memory, so many days ago."""
    entry = Entry(source, target, state, Origin.PERSON, "Ana", NOW - timedelta(days=age))
    memory.put("ro", [entry])
    return entry


def resources(memory: Memory, *folders: Path) -> LanguageResources:
    """Return the shipped catalogs, or those of these folders, with this memory."""
    return LanguageResources("en-GB", Catalogs(folders or [CHECKOUT / "locales"]), memory)


def shipped(locale: str) -> list[Unit]:
    """Return every text of the shipped briefings with its shipped translation."""
    return units_of(CONTENT.briefings.values(), locale, resources(empty_memory()))
