"""What an edition says, text by text: each with its true language, and a note where it fell back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from markupsafe import Markup, escape

from briefings.content.markdown import body_html, body_plain
from briefings.model.audience import EVERYONE
from briefings.model.briefing import Contact
from briefings.model.edition import Edition, Phrase
from briefings.model.language import direction
from briefings.model.units import unit_pattern
from briefings.rendering.bidi import LRI, PDI, isolated_html, isolated_text, runs_right_to_left
from briefings.rendering.interface import Interface
from briefings.rendering.mjml import breakable
from briefings.rendering.notes import fallback_note, tel

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def clean(text: str) -> str:
    """Take out control characters and the line ends that only some programs see (U+2028)."""
    return _CONTROL.sub(" ", text)


def linked(html: str, numbers: Collection[str], names: Collection[str] = ()) -> str:
    """Make phone numbers in escaped HTML ring when they are tapped, but not in a tag, a link or one of these names."""
    if not numbers:
        return html
    kept = [r"<a\b.*?</a>", "<[^>]*>", *(re.escape(str(escape(name))) for name in sorted(names, key=len, reverse=True))]
    whole = "|".join(re.escape(number) for number in sorted(numbers, key=len, reverse=True))
    pattern = rf"({'|'.join(kept)})|(?<![\w&#+.,:/-])(?<!\d )(?:{whole})(?!\w|[ .,:/-]\d)"
    return re.sub(pattern, lambda found: found[0] if found[1] else f'<a href="{tel(found[0])}">{found[0]}</a>', html)


class Wording:
    """The texts of one edition for templates, as HTML and as plain text."""

    def __init__(self, edition: Edition, interface: Interface) -> None:
        self.edition = edition
        self.interface = interface
        self._bodies: dict[int, Markup] = {}
        message = edition.briefing.message
        # what fills the slots of a message stands in every language as it is
        values = [value for _, values in message.values for value in values] if message else []
        self._names = [value for value in values if any(letter.isalpha() for letter in value)]
        self._numbers = (
            [number for name, numbers in message.values if name == "call" for number in numbers] if message else []
        )

    def phrase(self, key: str) -> Phrase:
        """Return a text on one line, with the locale it is truly in."""
        phrase = self.edition.phrase(key)
        return Phrase(" ".join(clean(phrase.text).split()), phrase.locale)

    def html(self, key: str) -> Markup:
        """Return a text as HTML, without an element around it."""
        phrase = self.phrase(key)
        html = breakable(str(escape(phrase.text)))
        if key == "summary":
            html = linked(html, self._numbers, self._names)
        return isolated_html(html, direction(phrase.locale), self._names)

    def text(self, key: str) -> str:
        phrase = self.phrase(key)
        return isolated_text(phrase.text, direction(phrase.locale))

    def body_html(self, section: int) -> Markup:
        """Return the body of a section as HTML blocks."""
        if section not in self._bodies:
            briefing = self.edition.briefing
            html = breakable(body_html(briefing.sections[section].body, self._inline(section)))
            if briefing.message and section < briefing.message.sections:
                html = linked(html, self._numbers, self._names)
            way = direction(self.edition.locale_of(f"section/{section}"))
            self._bodies[section] = isolated_html(html, way, self._names)
        return self._bodies[section]

    def body_text(self, section: int) -> str:
        text = body_plain(self.edition.briefing.sections[section].body, self._inline(section))
        return isolated_text(text, direction(self.edition.locale_of(f"section/{section}")))

    def _inline(self, section: int) -> list[str]:
        keys = (f"section/{section}/{j}" for j in range(len(self.edition.segments)))
        return [clean(self.edition.phrase(key).text) for key in keys if key in self.edition.segments]

    def contacts(self) -> list[tuple[str, Contact]]:
        """Return section key and contact for those that this edition shows."""
        shown = enumerate(self.edition.briefing.contacts)
        return [(f"contact/{i}", contact) for i, contact in shown if contact.is_shown_in(self.edition.locale)]

    def for_whom(self, audiences: Iterable[str]) -> Markup:
        """Say as HTML, in the reader's language, whom a block is for; empty where that is everyone."""
        keys = [f"audience/{id}/name" for id in audiences]
        if f"audience/{EVERYONE}/name" in keys or not keys:
            return Markup("")
        names = [Markup("<bdi{}>{}</bdi>").format(self.own(key.removesuffix("/name")), self.html(key)) for key in keys]
        joined = Markup(self.interface.list(names))  # noqa: S704  # escaped; CLDR's list patterns have no markup
        return Markup(self.interface.t("For: {audiences}", audiences=joined))  # noqa: S704  # escaped by t

    def for_whom_text(self, audiences: Iterable[str]) -> str:
        keys = [f"audience/{id}/name" for id in audiences]
        if f"audience/{EVERYONE}/name" in keys or not keys:
            return ""
        return self.interface.t("For: {audiences}", audiences=self.interface.list(self.text(key) for key in keys))

    def figure_html(self, index: int) -> Markup:
        """Return the value of a figure with its unit as HTML."""
        number, unit = self._figure(index)
        if unit is None:
            return Markup('<bdi dir="ltr">{}</bdi>').format(number)
        if not unit:
            key = f"figure/{index}"
            return Markup('<bdi dir="ltr">{}</bdi> <span{}>{}</span>').format(
                number, self.own(key), self.html(f"{key}/unit")
            )
        if not runs_right_to_left(unit):
            return Markup('<bdi dir="ltr">{}</bdi>').format(unit.format(number))
        return Markup(escape(unit)).format(Markup('<bdi dir="ltr">{}</bdi>').format(number))  # noqa: S704  # escaped

    def figure_text(self, index: int) -> str:
        number, unit = self._figure(index)
        is_rtl = self.interface.dir == "rtl"
        isolated = f"{LRI}{number}{PDI}" if is_rtl else number
        if unit is None:
            return isolated
        if not unit:
            return f"{isolated} {self.text(f'figure/{index}/unit')}"
        if is_rtl and not runs_right_to_left(unit):
            return f"{LRI}{unit.format(number)}{PDI}"
        return unit.format(isolated)

    def _figure(self, index: int) -> tuple[str, str | None]:
        """Return a figure's number, and how it stands with its unit: empty where that is a text, None without one."""
        figure = self.edition.briefing.figures[index]
        number = self.interface.number(figure.value)
        if not figure.unit:
            return number, None
        return number, unit_pattern(figure.unit, figure.value, self.interface.shell)

    def readers(self, section: str) -> Markup:
        """Return the attributes that bring an element inside a section back to the reader's language, if it left it."""
        return self.attributes(self.interface.lang) if self.own(section) else Markup("")

    def own(self, section: str) -> Markup:
        """Return the attributes of an element that holds a section: none where the document's hold."""
        return self.own_locale(self.edition.locale_of(section))

    def own_locale(self, locale: str) -> Markup:
        return Markup("") if locale == self.interface.lang else self.attributes(locale)

    def attributes(self, locale: str) -> Markup:
        """Return the attributes of an element in a language."""
        side = "right" if direction(locale) == "rtl" else "left"
        return Markup(' lang="{}" dir="{}" style="text-align:{}"').format(locale, direction(locale), side)

    def from_source(self, text: str) -> Markup:
        """Return a name that is never translated as HTML: isolated, and marked where it is foreign to the reader."""
        source = self.edition.source_locale
        if source == self.interface.lang:
            return Markup("<bdi>{}</bdi>").format(text)
        return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(source, direction(source), text)

    @property
    def top_note(self) -> str:
        """The one note where nothing is translated, else empty."""
        return fallback_note(self.interface, self.edition) if self.edition.untranslated else ""

    def note(self, section: str) -> str:
        """Return the fallback note to put before a section; empty where it is ready or a note was just given.

        Parts of a kind that follow each other untranslated (`event/1` after `event/0`) share one note,
        and a briefing of which nothing is translated has only the `top_note`.
        """
        unready = self.edition.unready_sections
        if section not in unready or self.edition.untranslated:
            return ""
        kind, _, number = section.partition("/")
        if kind != "section" and number and f"{kind}/{int(number) - 1}" in unready:
            return ""
        return fallback_note(self.interface, self.edition)
