"""HTTP calls that end: a requests session whose every call has a wall-clock deadline.

A timeout of requests is per read; a server that drips a byte at a time holds it for ever.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from briefings.delivery.endpoint import is_this_machine

_current: ContextVar[_Deadline]


class _Deadline:
    """Shuts the sockets of a call down when its time is up, whatever is then reading from them."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def watch(self, connected: socket.socket) -> None:
        # A duplicate stays valid when TLS takes the original over, and shuts the same connection down.
        with self._lock:
            self._sockets.append(connected.dup())
            if self.passed:
                _shut(self._sockets[-1])

    def _expire(self) -> None:
        with self._lock:
            self.passed = True
            for one in self._sockets:
                _shut(one)

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _current.reset(self._token)
        with self._lock:
            for one in self._sockets:
                one.close()
            self._sockets.clear()


_current = ContextVar("deadline of the call that this thread makes")


def _shut(one: socket.socket) -> None:
    with suppress(OSError):  # already gone, which is what is wanted
        one.shutdown(socket.SHUT_RDWR)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        _current.get().watch(connected)
        return connected


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        _current.get().watch(connected)
        return connected


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class _DeadlineAdapter(HTTPAdapter):
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        manager: ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send and read to the end. Raises requests.ReadTimeout when the deadline has passed.

        Nothing is kept open for the next call: a POST on a connection that the peer has closed
        meanwhile could not be told from one whose answer was lost.
        """
        kwargs |= {"timeout": self._seconds, "stream": False}
        with _Deadline(self._seconds) as deadline:
            try:
                response = super().send(request, **kwargs)
                _ = response.content
            except requests.ConnectTimeout:
                raise
            except requests.RequestException as error:
                if deadline.passed:
                    raise requests.ReadTimeout("no whole answer in time", request=request) from error
                raise
            finally:
                self.close()
        if deadline.passed:
            raise requests.ReadTimeout("no whole answer in time", request=request)
        return response


class DeadlineSession(requests.Session):
    """Calls go to `url` wherever a client meant to call `instead_of`, and end within `seconds`.

    The address is replaced before the request is signed (RFC 5849 section 3.4.1.2 signs the host).
    Redirects are not followed: an API that moves is a fault to report, not to obey.
    """

    def __init__(self, url: str, instead_of: str, seconds: float) -> None:
        super().__init__()
        self._url, self._instead_of = url.rstrip("/"), instead_of
        self.trust_env = not is_this_machine(urlsplit(url).hostname or "")  # a proxy cannot know our stand-ins
        for scheme in ("http://", "https://"):
            self.mount(scheme, _DeadlineAdapter(seconds))

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        address = str(request.url)
        if address.startswith(self._instead_of):
            request.url = self._url + address.removeprefix(self._instead_of)
        return super().prepare_request(request)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


def was_sent(error: requests.RequestException) -> bool:
    """Say whether the peer may have got the request before this error: False only where it surely has not."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return False
    seen: BaseException | None = error
    while seen is not None:
        reason = getattr(seen, "reason", None) or (seen.args[0] if seen.args else None)
        if type(seen).__name__ in ("NewConnectionError", "NameResolutionError", "SSLCertVerificationError"):
            return False
        seen = reason if isinstance(reason, BaseException) else seen.__cause__
    return True
