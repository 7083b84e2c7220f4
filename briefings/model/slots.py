"""Slots: the few bytes of a mail that differ from reader to reader, put in at sending."""

from __future__ import annotations

UNSUBSCRIBE_URL_SLOT = "https://slot.invalid/unsubscribe"
"""Stands for the reader's own unsubscribe address in every part of a mail."""

PREFERENCES_URL_SLOT = "https://slot.invalid/preferences"
"""Stands for the address of the reader's own preferences."""

SLOTS = (UNSUBSCRIBE_URL_SLOT, PREFERENCES_URL_SLOT)
"""Plain ASCII and the shape of an address, so that MJML, HTML escaping and line folding leave them as
they are; delivery replaces them byte for byte. `.invalid` (RFC 2606) never resolves: a slot that was
forgotten leads nowhere. None is a part of another."""
