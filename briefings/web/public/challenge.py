"""One more step under attack: a page with one button that counts after some seconds, and once.

No picture, no puzzle and no script: it costs a person a short wait, and a program that posts thousands of forms a wait
and a form of its own for each.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import parse_qs, urlencode

from briefings.subscribers.tokens import derived_key
from briefings.web.guard.bucket import TokenBucket
from briefings.web.public.form_fields import MAX_FIELDS, Fields

MANY = 120
"""Forms in a minute, over all networks, above which each takes the step."""
MINUTE_S = 60.0
READY_S, ENDS_S = 3.0, 900.0
"""Seconds before which the step's button does nothing yet, and after which it does nothing any more."""
MAX_USED = 100_000


class Taken(Enum):
    """How the step's button was pressed. Only READY lets a form in; NO is also a form that never saw the step."""

    NO = auto()
    EARLY = auto()
    READY = auto()


@dataclass(frozen=True)
class Opened:
    """A form as it was filled in before the step, and how the step was taken."""

    fields: Fields
    taken: Taken


class Challenge:
    """Counts forms, and makes and reads the step's page. Times are seconds on a clock that does not go back."""

    def __init__(self, secret: bytes, above: int = MANY) -> None:
        self._key = derived_key(secret, "sign-up step")
        self._seen: deque[float] = deque(maxlen=above + 1)
        self._used = TokenBucket(1, ENDS_S, MAX_USED)
        self._lock = threading.Lock()

    def is_needed(self, now: float) -> bool:
        """Count a form, and say whether more than `above` came within a minute: those that were stopped count too."""
        with self._lock:
            self._seen.append(now)
            return len(self._seen) == self._seen.maxlen and self._seen[0] > now - MINUTE_S

    def sealed(self, fields: Fields, now: float) -> list[tuple[str, str]]:
        """Return the hidden fields of the step's page: the whole form, signed, so that nothing is kept here."""
        form = urlencode([(name, value) for name, values in fields.values.items() for value in values])
        step = json.dumps({"at": now, "once": secrets.token_hex(8), "form": form})
        return [("step", step), ("proof", self._proof(step))]

    def opened(self, fields: Fields, now: float) -> Opened:
        """Return the form within; a step that is not signed by us counts as none. READY is given once."""
        step, proof = fields.one("step"), fields.one("proof")
        if not step or not hmac.compare_digest(proof.encode("utf-8", "replace"), self._proof(step).encode()):
            return Opened(fields, Taken.NO)
        kept = json.loads(step)
        within = Fields(parse_qs(kept["form"], max_num_fields=MAX_FIELDS))
        waited = now - float(kept["at"])
        if waited < READY_S:
            return Opened(within, Taken.EARLY)
        is_ready = waited <= ENDS_S and not self._used.take(kept["once"], now)
        return Opened(within, Taken.READY if is_ready else Taken.NO)

    def _proof(self, step: str) -> str:
        return hmac.new(self._key, step.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
