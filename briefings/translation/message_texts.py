"""Urgent messages in other languages: what is translated, what is signed off, and a briefing's segments from it.

The translations are the gettext domain `urgent`. A kind of message counts as signed in a locale while the
digest of all its texts, source and translation, is the one that was signed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from babel.messages.catalog import Catalog

from briefings.content.message_text import Piece, fill, pieces
from briefings.model.briefing import Briefing, Message
from briefings.model.edition import Segment, SegmentState
from briefings.model.message import PHRASES, SLOT, MessageTemplates
from briefings.model.person import DEMO_REVIEWER, same_person
from briefings.translation.catalogs import Catalogs, Messages
from briefings.translation.checks import check_segment
from briefings.translation.segments import source_texts

DOMAIN = "urgent"
ORIGIN = "message"
"""Origin of a message's text. Where the demo reviewer has signed it, it is theirs: then it stays labelled."""


@dataclass(frozen=True)
class SignOff:
    """A named person's word that a kind of message is right in a locale. `digest` is of the texts they saw."""

    kind: str
    locale: str
    digest: str
    reviewer: str
    signed_at: datetime


SignOffs = Mapping[tuple[str, str], SignOff]
"""All sign-offs of a locale, by kind and digest: a text that comes back as it was signed is signed."""


@dataclass(frozen=True)
class KindTexts:
    """One kind of message in one locale: (address, source, translation) each; what is missing or fuzzy is empty."""

    kind: str
    locale: str
    texts: tuple[tuple[str, str, str], ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The source texts that have no finished translation."""
        return tuple(source for _address, source, target in self.texts if not target)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all source and target texts in their order, 32 hexadecimal digits."""
        content = json.dumps([[source, target] for _address, source, target in self.texts], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def signed_by(self, signed: SignOffs) -> SignOff | None:
        """Return the sign-off that holds for these very texts."""
        return None if self.missing else signed.get((self.kind, self.digest))


def urgent_template(templates: MessageTemplates) -> Catalog:
    """Return a PO template with every text of the message templates once, and where each stands."""
    template = Catalog(charset="utf-8", fuzzy=False)
    for kind, texts in templates.texts.items():
        for address, text in texts.items():
            template.add(text, locations=[(f"{kind}#{address}", 0)])
    return template


def kind_texts(templates: MessageTemplates, locale: str, catalogs: Catalogs) -> dict[str, KindTexts]:
    """Return every kind of message, and the phrases, as the catalogs translate them. Raises InvalidInput."""
    layers = catalogs.layers(DOMAIN, locale)
    return {
        kind: KindTexts(
            kind, locale, tuple((address, text, _translated(text, layers)) for address, text in texts.items())
        )
        for kind, texts in templates.texts.items()
    }


def digest_of(kind: str, templates: MessageTemplates, locale: str, catalogs: Catalogs) -> str:
    """Return the digest of a kind's present texts in a locale. Raises KeyError for a kind that is not there."""
    return kind_texts(templates, locale, catalogs)[kind].digest


def message_segments(
    briefing: Briefing,
    templates: MessageTemplates,
    locale: str,
    catalogs: Catalogs,
    signed: SignOffs,
    source_locale: str = "en-GB",
) -> dict[str, Segment]:
    """Return the segments that come from a briefing's message, by key; none where it has no message.

    FINAL where its kind, and the phrases if it uses any, are signed off in their present texts; otherwise
    TRANSLATED; INITIAL where the translation is missing or fuzzy, where a check blocks it, and where the
    briefing was written with another template than the present one. Checked is everything but the names,
    which the program puts in as they are. Raises InvalidInput.
    """
    message = briefing.message
    template = templates.kinds.get(message.kind) if message else None
    if message is None or template is None:
        return {}
    used = list(pieces(template, message, templates.phrases))
    state, origin = _trust(message, used, kind_texts(templates, locale, catalogs), signed)
    layers = catalogs.layers(DOMAIN, locale)
    sources = source_texts(briefing)
    segments: dict[str, Segment] = {}
    for piece in used:
        source, target = sources.get(piece.key, ""), _translated(piece.pattern, layers)

        def filled(pattern: str, tag: str, piece: Piece = piece, names: bool = True) -> str:
            return fill(pattern, template, message, tag, markdown=piece.is_markdown, names=names)

        if not target or source != filled(piece.pattern, source_locale):
            segments[piece.key] = Segment(piece.key, source)
            continue
        if wrong := _wrong_slots(piece.pattern, target):
            segments[piece.key] = Segment(piece.key, source, problems=(wrong,))
            continue
        pair = filled(piece.pattern, source_locale, names=False), filled(target, locale, names=False)
        faults = tuple(found.message for found in check_segment(*pair, locale, source_locale) if found.blocks)
        reached = SegmentState.INITIAL if faults else state
        segments[piece.key] = Segment(piece.key, source, filled(target, locale), reached, origin, faults)
    return segments


def _wrong_slots(pattern: str, target: str) -> str:
    """Return what is wrong with the slots of a translation; empty where it has the pattern's."""
    wanted, there = (Counter(slot[0] for slot in SLOT.finditer(text)) for text in (pattern, target))
    if wanted == there:
        return ""
    names = ", ".join(sorted((wanted - there) or (there - wanted)))
    return f"“{target[:60]}” has not the placeholders of the English ({names}): keep them exactly, braces included"


def _trust(
    message: Message, used: Sequence[Piece], kinds: Mapping[str, KindTexts], signed: SignOffs
) -> tuple[SegmentState, str]:
    """Return the state that a message's texts have together, and their origin."""
    needed = [message.kind, *([PHRASES] if any(piece.is_phrase for piece in used) else [])]
    reviewers = [sign_off.reviewer for kind in needed if (sign_off := kinds[kind].signed_by(signed))]
    if len(reviewers) < len(needed):
        return SegmentState.TRANSLATED, ORIGIN
    is_demonstration = any(same_person(reviewer, DEMO_REVIEWER) for reviewer in reviewers)
    return SegmentState.FINAL, DEMO_REVIEWER if is_demonstration else ORIGIN


def _translated(source: str, layers: Sequence[Messages]) -> str:
    return next((m.singular[source] for m in layers if source in m.singular and source not in m.fuzzy), "")
