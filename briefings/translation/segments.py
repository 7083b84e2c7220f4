"""Segments: a briefing's translatable texts, each with its address. Names, numbers and links are not among them."""

from __future__ import annotations

from briefings.content.markdown import inline_texts
from briefings.model.briefing import Briefing
from briefings.model.units import own_unit


def source_texts(briefing: Briefing, locale: str = "") -> dict[str, str]:
    """Return segment key -> source text, in reading order; with `locale` without what that edition does not show.

    Section bodies are Markdown inline text; everything else is plain. Places, names of wards,
    phone numbers and addresses stay as the comms team wrote them and have no segment; a unit that CLDR
    knows is formatted, not translated.
    """
    texts = {"title": briefing.title, "summary": briefing.summary}
    for id, name in briefing.audience_names:
        texts[f"audience/{id}/name"] = name
    for i, section in enumerate(briefing.sections):
        texts[f"section/{i}/heading"] = section.heading
        for j, text in enumerate(inline_texts(section.body)):
            texts[f"section/{i}/{j}"] = text
    for i, image in enumerate(briefing.images):
        texts[f"image/{i}/alt"] = image.alt
    for i, figure in enumerate(briefing.figures):
        texts |= _named(f"figure/{i}", label=figure.label, unit=own_unit(figure.unit), source=figure.source)
    for i, event in enumerate(briefing.events):
        texts[f"event/{i}/title"] = event.title
    for i, action in enumerate(briefing.actions):
        texts |= _named(f"action/{i}", said=action.said, did=action.did)
    if briefing.question:
        texts["question/text"] = briefing.question.text
        for j, option in enumerate(briefing.question.options):
            texts[f"question/option/{j}"] = option
    for i, contact in enumerate(briefing.contacts):
        if not locale or contact.is_shown_in(locale):
            texts |= _named(f"contact/{i}", name=contact.name, note=contact.note)
    for i, sentence in enumerate(briefing.easy_read):
        texts[f"easy/{i}"] = sentence
    return {key: text for key, text in texts.items() if text}


def own_texts(briefing: Briefing, locale: str = "") -> dict[str, str]:
    """Return the texts that are the briefing's own, as `source_texts` does: without those that a template gives.

    These are what translators of briefings get; templates have a catalog to themselves.
    """
    message = briefing.message
    if message is None:
        return source_texts(briefing, locale)
    given = {"title", "summary", *(f"section/{i}" for i in range(message.sections))}
    texts = source_texts(briefing, locale)
    return {key: text for key, text in texts.items() if not {key, key.rpartition("/")[0]} & given}


def _named(prefix: str, **texts: str) -> dict[str, str]:
    return {f"{prefix}/{name}": text for name, text in texts.items()}
