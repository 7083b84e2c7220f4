"""The WebSub hub: told which feed has changed, it fetches that and passes it on to who follows it.

How a publisher tells its hub is left open by WebSub (W3C, section 6); all hubs take what PubSubHubbub 0.4 had: a form
with `hub.mode=publish` and the feed's address.
"""

from __future__ import annotations

import requests

from briefings.delivery.deadline import DeadlineSession
from briefings.model.errors import Permanent, Transient

CALL = 5.0
"""Seconds any one call to the hub may take, by the wall clock."""
_NOT_NOW = (408, 425, 429)


class Hub:
    """A hub by its address."""

    def __init__(self, url: str, seconds: float = CALL) -> None:
        self._url = url
        self._session = DeadlineSession(url, url, seconds)

    def tell(self, topic: str) -> None:
        """Say that the feed at this address has changed. Raises Transient, or Permanent where this one is refused."""
        form = {"hub.mode": "publish", "hub.url": topic}
        try:
            answer = self._session.post(self._url, data=form, allow_redirects=False)
        except requests.RequestException as error:
            raise Transient("the hub gave no answer") from error
        if answer.ok and not answer.is_redirect:
            return
        if answer.status_code in _NOT_NOW or answer.status_code >= 500:
            raise Transient(f"the hub answered {answer.status_code}")
        raise Permanent(f"the hub answered {answer.status_code}")
