"""Letters: a mail to one person about their own subscription, in HTML and as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment
from markupsafe import Markup

from briefings.model.language import autonym, cldr, direction
from briefings.rendering.bidi import LRI, PDI, address_html
from briefings.rendering.email import laid_out, script_of
from briefings.rendering.mjml import to_html
from briefings.rendering.notes import N_, NOT_FOR_EMERGENCIES
from briefings.rendering.site import Site
from briefings.rendering.wording import clean


@dataclass(frozen=True)
class LetterWords:
    """What a letter says, before translation: `button` is empty where there is nothing to press."""

    subject: str
    said: str
    button: str
    if_not_you: str


_IGNORE = N_("If you did not ask for this, you do not need to do anything. Nothing happens unless it is confirmed.")
_NO_CHANGE = N_("If you did not ask for this, you do not need to do anything. Nothing has changed.")
LETTERS = {
    "confirm": LetterWords(
        N_("Please confirm that you want our emails"),
        N_("Somebody asked us to send community safety briefings to this address. If it was you, please confirm it."),
        N_("Yes, send me these emails"),
        _IGNORE,
    ),
    "confirm-move": LetterWords(
        N_("Please confirm your new email address"),
        N_("Somebody who gets our briefings asked us to send them to this address. If it was you, please confirm it."),
        N_("Yes, use this address"),
        _IGNORE,
    ),
    "already": LetterWords(
        N_("You get our emails already"),
        N_("Somebody asked us to send community safety briefings to this address. You get them already."),
        N_("Change what you get"),
        _NO_CHANGE,
    ),
    "link": LetterWords(
        N_("Your link to change what you get"),
        N_("Somebody asked for a link to change what we send to this address."),
        N_("Change what you get"),
        _NO_CHANGE,
    ),
    "moved": LetterWords(
        N_("Our emails go to another address now"),
        N_("You asked us to send our briefings to another address. From now on this address gets no more of them."),
        "",
        N_("If it was not you, please answer this email at once."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class LetterRendering:
    subject: str
    html: str
    text: str


def render_letter(
    words: LetterWords,
    locale: str,
    site: Site,
    templates: Environment,
    *,
    url: str = "",
    ends_at: datetime | None = None,
    areas: Sequence[str] = (),
    language: str = "",
) -> LetterRendering:
    """Render a letter in a locale, or in the source locale where there is no catalog for it.

    `url` is what the button opens, `ends_at` until when it does; `areas` are names of places, in the source language,
    and `language` the locale that were asked for. Raises MjmlError.
    """
    interface = site.interface(locale)
    source = site.places.borough.source_locale
    t = interface.t

    def from_source(name: str) -> Markup:
        if source == interface.lang:
            return Markup("<bdi>{}</bdi>").format(name)
        return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(source, direction(source), name)

    ends = f"{interface.date(ends_at)} · {interface.time(ends_at)}" if ends_at else ""
    names = {
        "t": t,
        "interface": interface,
        "language": cldr(interface.lang).language,
        "script_code": script_of(interface.lang),
        "large": False,
        "subject": t(words.subject),
        "preheader": t(words.said),
        "said": t(words.said),
        "button": t(words.button) if words.button else "",
        "if_not_you": t(words.if_not_you),
        "url": url,
        "address": address_html,
        "ltr": lambda text: f"{LRI}{text}{PDI}" if interface.dir == "rtl" else text,
        "until": t("This link works until {date}.", date=ends) if ends else "",
        "areas": areas,
        "asked_language": autonym(language) if language else "",
        "asked_locale": language,
        "from_source": from_source,
        "borough": site.places.borough.name,
        "home_url": site.home_url(locale),
        "not_for_emergencies": NOT_FOR_EMERGENCIES,
        "is_mail": False,
    }
    markup = templates.get_template("email/letter.mjml.j2").render(names)
    plain = templates.get_template("email/letter.txt.j2").render(names)
    return LetterRendering(t(words.subject), to_html(clean(markup), interface.dir), laid_out(clean(plain)))
