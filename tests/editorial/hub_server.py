"""A WebSub hub on loopback that keeps what it is told, and can be told to be busy, to refuse or to drip."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


@dataclass
class HubServer:
    """`status` is answered to everybody, `refused` ends the addresses that are answered 400."""

    url: str = ""
    status: int = 204
    refused: str = ""
    drips: bool = False
    told: list[str] = field(default_factory=list)
    tries: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)


@contextmanager
def hub_server() -> Iterator[HubServer]:
    hub = HubServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            hub.tries += 1
            if hub.drips:
                self._drip()
                return
            (topic,) = form["hub.url"]
            status = 400 if hub.refused and topic.endswith(hub.refused) else hub.status
            if status < 300:
                assert form == {"hub.mode": ["publish"], "hub.url": [topic]}
                hub.told.append(topic)
            self.send_response(status)
            if status == 302:
                self.send_header("location", hub.url)
            self.send_header("content-length", "0")
            self.end_headers()

        def _drip(self) -> None:
            self.wfile.write(b"HTTP/1.1 204 ")
            while not hub.stopped.is_set():
                try:
                    self.wfile.write(b"a")
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(0.1)

        def log_message(self, format: str, *args: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}/hub"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        hub.stopped.set()
        server.shutdown()
        thread.join(10)
        server.server_close()
