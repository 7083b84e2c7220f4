"""The reader of calendars that our tests rely on notices what is wrong."""

from __future__ import annotations

import pytest

from tests.web import icalendar_rules

GOOD = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//a//b
REFRESH-INTERVAL;VALUE=DURATION:PT6H
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:20261025T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@example.org
DTSTAMP:20261120T090000Z
CREATED:20261120T090000Z
LAST-MODIFIED:20261120T090000Z
SEQUENCE:0
STATUS:CONFIRMED
DTSTART;TZID=Europe/London:20261127T170000
DTEND;TZID=Europe/London:20261127T183000
SUMMARY;LANGUAGE=en-GB:Walk\\, with lamps
URL:https://example.org/
END:VEVENT
END:VCALENDAR
"""


def calendar(old: str = "", new: str = "") -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, 1).replace("\n", "\r\n").encode() if old else GOOD.replace("\n", "\r\n").encode()


def test_what_is_right_is_taken() -> None:
    assert icalendar_rules.check(calendar(), {"en-GB"}).inside("VEVENT")[0].one("UID").value == "1@example.org"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Walk\\,", "Walk,"),
        ("SUMMARY;LANGUAGE=en-GB:Walk", "SUMMARY;LANGUAGE=fr:Walk"),
        ("Walk", "W" * 80),
        ("Walk", "W\x07lk"),
        ("END:VEVENT\n", ""),
        ("UID:1@example.org\n", ""),
        ("STATUS:CONFIRMED", "STATUS:OFF"),
        ("DTSTAMP:20261120T090000Z", "DTSTAMP:20261120T090000"),
        ("DTEND;TZID=Europe/London:20261127T18", "DTEND;TZID=Europe/London:20261127T16"),
        ("DTSTART;TZID=Europe/London", "DTSTART;TZID=Europe/Paris"),
        ("DTSTART;TZID=Europe/London", "DTSTART"),
        ("SEQUENCE:0", "SEQUENCE:0\nSEQUENCE:1"),
        ("SEQUENCE:0", "SEQUENCE 0"),
        ("TZOFFSETTO:+0000", "TZOFFSETTO:0"),
        (";VALUE=DURATION", ""),
    ],
)
def test_what_is_wrong_is_found(old: str, new: str) -> None:
    with pytest.raises((AssertionError, ValueError, KeyError)):
        icalendar_rules.check(calendar(old, new), {"en-GB"})
