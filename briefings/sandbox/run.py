"""Start and stop the stand-ins: each in a thread of its own, on this machine only."""

from __future__ import annotations

import asyncio
import fcntl
import json
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from briefings.model.errors import BriefingsError
from briefings.sandbox.catcher import MailCatcher, PortBusy, listen
from briefings.sandbox.caught import Caught
from briefings.sandbox.ports import HOST, LOOKING_S, caught_path, ports_path, x_path
from briefings.sandbox.return_road import ReturnRoad
from briefings.sandbox.x import XStandIn

STARTING_S = 15.0


class XServer:
    """The X stand-in over HTTP."""

    def __init__(self, stand_in: XStandIn, port: int = 0) -> None:
        self.stand_in = stand_in
        self.port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Listen. Raises PortBusy at once where the port is taken; `port` is then the true one."""
        bound = listen(HOST, self.port, "The sandbox's stand-in for X")
        self.port = bound.getsockname()[1]
        config = uvicorn.Config(
            self.stand_in.app,
            http=_remembering(self.stand_in),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [bound]}, name="x-stand-in", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + STARTING_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise BriefingsError("The sandbox's stand-in for X did not start; see the log.")
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """Stop listening and answer what is under way. Safe to call twice."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(STARTING_S)
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _remembering(stand_in: XStandIn) -> type[asyncio.Protocol]:
    """Return an HTTP protocol that tells the stand-in of its connections, so that it can cut them."""

    class Remembering(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if self.client is not None:
                stand_in.connections[self.client] = transport

    return Remembering


class StandIns:
    """All stand-ins of a sandbox: `catcher` and `x` while open. Port 0 takes any free one.

    >>> with StandIns(Path("var"), 8025, 8026) as stand_ins:  # doctest: +SKIP
    ...     stand_ins.x_url
    'http://127.0.0.1:8026'
    """

    def __init__(self, data_dir: Path, smtp_port: int = 0, x_port: int = 0, *, road: ReturnRoad | None = None) -> None:
        """`road` leads to the product's inbox, for mail that comes back; without it such mail is only caught."""
        self.data_dir = data_dir
        self.smtp_port = smtp_port
        self.x_port = x_port
        self._road = road
        self._open = ExitStack()
        self.caught: Caught
        self.x: XStandIn

    @property
    def smtp_url(self) -> str:
        return f"smtp://{HOST}:{self.smtp_port}"

    @property
    def x_url(self) -> str:
        return f"http://{HOST}:{self.x_port}"

    def start(self) -> Self:
        """Start all, or none: raises PortBusy with nothing left running where a port is taken."""
        with ExitStack() as opening:
            self.caught = opening.enter_context(Caught(caught_path(self.data_dir)))
            self.smtp_port = opening.enter_context(MailCatcher(self.caught, HOST, self.smtp_port, road=self._road)).port
            self.x = XStandIn(x_path(self.data_dir))
            opening.callback(self.x.close)
            self.x_port = opening.enter_context(XServer(self.x, self.x_port)).port
            opening.callback(self._tell_ports().close)
            self._open = opening.pop_all()
        return self

    def _tell_ports(self) -> IO[str]:
        """Write down the ports for other processes, and hold the file. Raises PortBusy where others hold it."""
        held = ports_path(self.data_dir).open("a+")
        deadline = time.monotonic() + LOOKING_S
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    held.close()
                    raise PortBusy(f"The sandbox's stand-ins of {self.data_dir} run already.") from None
                time.sleep(0.01)
        held.truncate(0)
        json.dump([self.smtp_port, self.x_port], held)
        held.flush()
        return held

    def stop(self) -> None:
        """Stop all. Safe to call twice."""
        self._open.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
