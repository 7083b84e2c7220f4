"""How often something may happen within a time: counted in memory, of a bounded number of keys."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque


class SlidingWindow:
    """At most `limit` times in any `seconds` for each key. Safe to use from several threads.

    It knows the `max_keys` keys that were seen last; one that is forgotten begins anew.
    """

    def __init__(self, limit: int, seconds: float, max_keys: int = 10_000) -> None:
        self.limit = limit
        self.seconds = seconds
        self._max_keys = max_keys
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, now: float) -> float:
        """Count one more, and return 0; or count nothing, and return in how many seconds there is room again.

        `now` is in seconds, on any clock that does not go back.
        """
        with self._lock:
            taken = self._taken.setdefault(key, deque())
            self._taken.move_to_end(key)
            while taken and taken[0] <= now - self.seconds:
                taken.popleft()
            if len(taken) >= self.limit:
                return taken[0] + self.seconds - now
            taken.append(now)
            while len(self._taken) > self._max_keys:
                self._taken.popitem(last=False)
            return 0.0
