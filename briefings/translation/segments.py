"""Segments: a briefing's translatable texts, each with its address. Names, numbers and links are not among them."""

from __future__ import annotations

from briefings.content.markdown import inline_texts
from briefings.model.briefing import Briefing


def source_texts(briefing: Briefing) -> dict[str, str]:
    """Return segment key -> source text, in reading order.

    Section bodies are Markdown inline text; everything else is plain. Places, names of wards,
    phone numbers and addresses stay as the comms team wrote them and have no segment.
    """
    texts = {"title": briefing.title, "summary": briefing.summary}
    for i, section in enumerate(briefing.sections):
        texts[f"section/{i}/heading"] = section.heading
        for j, text in enumerate(inline_texts(section.body)):
            texts[f"section/{i}/{j}"] = text
    for i, image in enumerate(briefing.images):
        texts[f"image/{i}/alt"] = image.alt
    for i, figure in enumerate(briefing.figures):
        texts |= _named(f"figure/{i}", label=figure.label, unit=figure.unit, source=figure.source)
    for i, event in enumerate(briefing.events):
        texts[f"event/{i}/title"] = event.title
    for i, action in enumerate(briefing.actions):
        texts |= _named(f"action/{i}", said=action.said, did=action.did)
    if briefing.question:
        texts["question/text"] = briefing.question.text
        for j, option in enumerate(briefing.question.options):
            texts[f"question/option/{j}"] = option
    for i, contact in enumerate(briefing.contacts):
        texts |= _named(f"contact/{i}", name=contact.name, note=contact.note)
    return {key: text for key, text in texts.items() if text}


def own_texts(briefing: Briefing) -> dict[str, str]:
    """Return the texts that are the briefing's own, by segment key: without those that a message template gives.

    These are what translators of briefings get; templates have a catalog to themselves.
    """
    message = briefing.message
    if message is None:
        return source_texts(briefing)
    given = {"title", "summary", *(f"section/{i}" for i in range(message.sections))}
    return {k: text for k, text in source_texts(briefing).items() if not {k, k.rpartition("/")[0]} & given}


def _named(prefix: str, **texts: str) -> dict[str, str]:
    return {f"{prefix}/{name}": text for name, text in texts.items()}
