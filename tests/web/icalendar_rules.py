"""RFC 5545 line by line, read without any library: what every calendar of ours must keep to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

_NAME = r"[A-Za-z0-9-]+"
_PARAM = rf';(?P<key>{_NAME})=(?P<value>"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^",;:\x00-\x08\x0a-\x1f\x7f]*)'
_LINE = re.compile(
    rf"(?P<name>{_NAME})(?P<params>(?:{_PARAM.replace('?P<key>', '').replace('?P<value>', '')})*):(?P<rest>.*)", re.S
)
_TEXT = re.compile(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,nN])*")
_UTC = re.compile(r"\d{8}T\d{6}Z")
_WALL = re.compile(r"\d{8}T\d{6}")
_OFFSET = re.compile(r"[+-]\d{4}(\d\d)?")
_TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "NAME", "X-WR-CALNAME", "UID", "PRODID", "TZID", "TZNAME")
_ONCE = (
    "UID", "DTSTAMP", "DTSTART", "DTEND", "CREATED", "LAST-MODIFIED", "SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION",
    "LOCATION", "URL", "TRANSP", "PRODID", "VERSION", "CALSCALE", "METHOD", "TZID", "REFRESH-INTERVAL",
)  # fmt: skip


@dataclass
class Line:
    name: str
    params: dict[str, str]
    value: str


@dataclass
class Part:
    """A component: its own lines, and the components in it."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def one(self, name: str) -> Line:
        (line,) = self.all(name)
        return line

    def inside(self, kind: str) -> list[Part]:
        return [part for part in self.parts if part.kind == kind]


def read(content: bytes) -> Part:
    """Read a calendar; fails where a line or the nesting is not as sections 3.1 and 3.4 have it."""
    assert content.endswith(b"\r\n")
    physical = content.removesuffix(b"\r\n").split(b"\r\n")
    for raw in physical:
        assert not {*b"\r\n"} & {*raw}, raw
        assert len(raw) <= 75, raw
        raw.decode()  # no character is cut in two
    unfolded = content.removesuffix(b"\r\n").replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode()
    stack: list[Part] = [Part("")]
    for text in unfolded.split("\r\n"):
        line = _line(text)
        if line.name == "BEGIN":
            stack.append(Part(line.value))
            stack[-2].parts.append(stack[-1])
        elif line.name == "END":
            assert stack.pop().kind == line.value
        else:
            stack[-1].lines.append(line)
    assert len(stack) == 1
    (calendar,) = stack[0].parts
    assert not stack[0].lines
    return calendar


def _line(text: str) -> Line:
    found = _LINE.fullmatch(text)
    assert found is not None, text
    params = {p["key"]: p["value"].strip('"') for p in re.finditer(_PARAM, found["params"])}
    line = Line(found["name"], params, found["rest"])
    assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line.value), text
    if line.name in _TEXTS:
        assert _TEXT.fullmatch(line.value), text
    return line


def check(content: bytes, languages: set[str]) -> Part:
    """Check a calendar as sections 3.4, 3.6.1 and 3.6.5 and RFC 7986 have it, and return it."""
    calendar = read(content)
    assert calendar.kind == "VCALENDAR"
    assert calendar.one("VERSION").value == "2.0"
    assert calendar.one("PRODID").value
    assert calendar.parts
    refresh = calendar.one("REFRESH-INTERVAL")
    assert refresh.params["VALUE"] == "DURATION"
    assert re.fullmatch(r"P(T\d+H|\d+D)", refresh.value)
    zones = {zone.one("TZID").value for zone in calendar.inside("VTIMEZONE")}
    for zone in calendar.inside("VTIMEZONE"):
        assert zone.inside("STANDARD") or zone.inside("DAYLIGHT")
        for change in zone.parts:
            assert change.kind in ("STANDARD", "DAYLIGHT")
            assert _WALL.fullmatch(change.one("DTSTART").value)
            assert _OFFSET.fullmatch(change.one("TZOFFSETFROM").value)
            assert _OFFSET.fullmatch(change.one("TZOFFSETTO").value)
    for event in calendar.inside("VEVENT"):
        _check_event(event, zones)
    for part in (calendar, *calendar.inside("VEVENT")):
        for name, times in Counter(line.name for line in part.lines).items():
            assert times == 1 or name not in _ONCE, f"{name} stands {times} times"
        for line in part.lines:
            assert line.params.get("LANGUAGE", "en-GB") in languages, line
    ids = [event.one("UID").value for event in calendar.inside("VEVENT")]
    assert len(ids) == len(set(ids))
    return calendar


def _check_event(event: Part, zones: set[str]) -> None:
    assert event.one("UID").value
    for name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
        assert _UTC.fullmatch(event.one(name).value)
    begin, end = event.one("DTSTART"), event.one("DTEND")
    for time in (begin, end):
        assert _WALL.fullmatch(time.value)
        assert time.params["TZID"] in zones
    assert begin.value < end.value
    assert event.one("STATUS").value in ("TENTATIVE", "CONFIRMED", "CANCELLED")
    assert event.one("SEQUENCE").value.isdigit()
    assert not event.all("DURATION")
    assert event.one("URL").value.startswith("https://")
