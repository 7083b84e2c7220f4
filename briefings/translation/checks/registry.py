"""Every check by its id: how serious it is, and what it is for. Documentation and tests read this list."""

from __future__ import annotations

from dataclasses import dataclass

from briefings.translation.findings import Severity

_B, _W = Severity.BLOCKS, Severity.WARNS


@dataclass(frozen=True)
class Check:
    """A check. `severity` is the strongest that it can give; `may_warn` says that a finding can also be milder."""

    id: str
    severity: Severity
    explanation: str
    may_warn: bool = False


CHECKS: tuple[Check, ...] = (
    Check("facts.link", _B, "The address behind a link is the same, character by character."),
    Check("facts.url", _B, "A web address is the same, character by character."),
    Check("facts.email", _B, "An email address is the same, character by character."),
    Check("facts.placeholder", _B, "A placeholder such as {name} is there, braces included."),
    Check("facts.postcode", _B, "A postcode is the same, character by character."),
    Check("facts.phone", _B, "A number to call has the same figures, 0 to 9, and the same spaces."),
    Check("facts.code", _B, "A name with figures, such as A104, is the same."),
    Check("facts.time", _B, "A time of day is the same, however the language writes it.", may_warn=True),
    Check("facts.date", _B, "A day and its month are the same, however the language writes them."),
    Check("facts.month", _B, "A month was not replaced by another one, nor left out.", may_warn=True),
    Check(
        "facts.weekday",
        _B,
        "A day of the week was not replaced by another one, nor moved to another date.",
        may_warn=True,
    ),
    Check("facts.number", _B, "A figure has the same value.", may_warn=True),
    Check("facts.order", _B, "Facts did not change places; a number to call is in its sentence.", may_warn=True),
    Check("facts.money", _B, "A currency sign stays with its figure.", may_warn=True),
    Check("facts.percent", _W, "A per cent sign, or a word for it, is there."),
    Check("markup.html", _B, "No HTML came in."),
    Check("markup.link", _B, "There are as many links as in the source."),
    Check("markup.bold", _W, "There is as much bold text as in the source."),
    Check("markup.list", _W, "There are as many list items as in the source."),
    Check("text.bidi", _B, "No character turns the direction of the text."),
    Check("text.hidden", _B, "No invisible or control character is in the text."),
    Check("text.untranslated", _B, "The text is not that of the source.", may_warn=True),
    Check("text.length", _W, "The text is not far shorter or longer than the language usually needs."),
    Check("text.ending", _W, "The text ends as its source does, with the mark of its language."),
    Check("text.script", _W, "The text is written in the letters of its language."),
    Check("text.language", _W, "The text reads as the language it stands for (only in a thorough check)."),
    Check("text.repeated", _W, "No word, phrase or sentence is there twice by mistake."),
    Check("text.swapped", _B, "The text is not the translation of another text.", may_warn=True),
    Check("meaning.negation", _W, "No “not”, “never” or “without” of the source got lost."),
    Check("glossary.preferred", _W, "A term is translated as the glossary says."),
    Check("glossary.forbidden", _B, "A word that the glossary forbids is not used."),
    Check("glossary.never-translate", _B, "A name that the glossary keeps is there, letter by letter."),
    Check("plurals.count", _B, "A catalog has as many plural forms as its language."),
    Check("plurals.rule", _B, "A catalog chooses plural forms as its language does."),
    Check("plurals.missing", _B, "Every plural form is written."),
    Check("plurals.placeholder", _B, "Every plural form has the placeholders of its text."),
)
"""Every check. A new one is a line here and a function in one of the modules beside this one."""
