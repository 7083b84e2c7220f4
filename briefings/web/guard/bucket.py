"""How often something may happen within a time: one number for each key, of a bounded number of keys."""

from __future__ import annotations

import threading
from collections import OrderedDict


class TokenBucket:
    """`limit` times at once for each key, and from then on again one more every `seconds` / `limit` seconds.

    It knows the `max_keys` keys that were seen last; one that is forgotten begins anew. Of each it keeps only when its
    bucket will be full again (the generic cell rate algorithm, ITU-T I.371). Safe to use from several threads.
    """

    def __init__(self, limit: int, seconds: float, max_keys: int = 50_000) -> None:
        self.limit = limit
        self.seconds = seconds
        self._max_keys = max_keys
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, now: float) -> float:
        """Count one more, and return 0; or count nothing, and return in how many seconds there is room again.

        `now` is in seconds, on any clock that does not go back.
        """
        with self._lock:
            full_at = max(self._full_at.get(key, now), now) + self.seconds / self.limit
            wait = full_at - now - self.seconds
            if wait > 1e-6:  # what a sum of parts may be more than the whole
                self._full_at.move_to_end(key)
                return wait
            self._full_at[key] = full_at
            self._full_at.move_to_end(key)
            if len(self._full_at) > self._max_keys:
                self._full_at.popitem(last=False)
            return 0.0
