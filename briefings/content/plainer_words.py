"""Official words, jargon and idioms, each with plainer words for the same thing."""

from __future__ import annotations

import re

PLAINER = {
    # official verbs and nouns
    "utilise": "use",
    "utilised": "used",
    "utilising": "using",
    "commence": "start",
    "commenced": "started",
    "terminate": "end",
    "endeavour": "try",
    "facilitate": "help",
    "implement": "carry out",
    "implemented": "carried out",
    "ascertain": "find out",
    "apprehended": "caught",
    "attend the scene": "go there",
    "attended the scene": "went there",
    "proceed": "go",
    "purchase": "buy",
    "reside": "live",
    "alight": "get off",
    "observe": "see",
    "observed": "saw",
    "inform us": "tell us",
    "advise us": "tell us",
    "deploy": "send",
    "deployed": "sent",
    "disseminate": "send round",
    "liaise": "talk",
    "liaising": "talking",
    "deter": "stop",
    "mitigate": "make less bad",
    # people and things
    "perpetrator": "the person who did it",
    "perpetrators": "the people who did it",
    "individual": "person",
    "individuals": "people",
    "members of the public": "people",
    "stakeholders": "the people and groups we work with",
    "partner agencies": "the groups we work with",
    "vehicle": "car, van or bike",
    "dwelling": "home",
    "premises": "building",
    "thoroughfare": "road",
    "juveniles": "young people",
    "offender": "the person who did it",
    "suspected perpetrator": "the person we suspect",
    "dispersal order": "an order to leave an area",
    "stakeholder engagement": "talking with people",
    "hotspot": "a place where it happens often",
    "hotspots": "places where it happens often",
    # small words that are too long
    "in the vicinity of": "near",
    "in close proximity to": "near",
    "in the event of": "if there is",
    "in the event that": "if",
    "prior to": "before",
    "subsequent to": "after",
    "in order to": "to",
    "with regard to": "about",
    "with respect to": "about",
    "in relation to": "about",
    "regarding": "about",
    "on a regular basis": "often",
    "at this moment in time": "now",
    "due to the fact that": "because",
    "a number of": "some",
    "in excess of": "more than",
    "approximately": "about",
    "additional": "more",
    "additionally": "also",
    "furthermore": "also",
    "whilst": "while",
    "upon": "on",
    "numerous": "many",
    "sufficient": "enough",
    "ongoing": "still going on",
    "going forward": "from now on",
    # idioms, which translate badly
    "crack down on": "stop",
    "cracking down on": "stopping",
    "keep an eye out": "watch",
    "in the wake of": "after",
    "zero tolerance": "we always act",
    "hand in hand": "together",
    "raise awareness": "tell people",
    "on the lookout": "watching",
    "clamp down on": "stop",
    # short forms that residents need not know
    "ASB": "anti-social behaviour",
    "SNT": "Safer Neighbourhood Team",
    "VAWG": "violence against women and girls",
    "MPS": "Metropolitan Police",
    "PCSO": "police community support officer",
    "PSPO": "an order that bans some behaviour in a place",
    "TWOC": "taking a car without the owner's consent",
    "RTC": "road crash",
    "ETA": "when it will be there",
    "TBC": "not known yet",
}
"""Word or words -> what to write. Upper case stands for itself, all else for any case."""


def _pattern(words: list[str], flags: int) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest_first)
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", flags)


_SHORT_FORMS = _pattern([word for word in PLAINER if word.isupper()], 0)
_WORDS = _pattern([word for word in PLAINER if not word.isupper()], re.IGNORECASE)


def harder_words(text: str) -> list[tuple[int, str, str]]:
    """Return position, word as written and plainer word for all that has one, in order."""
    matches = [*_SHORT_FORMS.finditer(text), *_WORDS.finditer(text)]
    written = [(match.start(), " ".join(match[0].split())) for match in matches]
    return [(start, word, PLAINER.get(word) or PLAINER[word.lower()]) for start, word in sorted(written)]
