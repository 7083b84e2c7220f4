"""Look-alikes of the vendors' APIs: real HTTP on 127.0.0.1, pseudo translations, scripted faults."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from briefings.translation.engines.pseudo import pseudo


@dataclass
class Asked:
    """One request as the vendor saw it."""

    path: str
    headers: dict[str, str]
    body: Any
    texts: list[str]


@dataclass(frozen=True)
class Fault:
    """How one request is answered wrongly. Without a `status` it is answered with 200."""

    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    drip: bool = False
    hang_up: bool = False
    change: Callable[[list[str]], list[str]] | None = None
    """What becomes of the translations, in an answer that is otherwise right."""


class Vendor:
    """A server that speaks one vendor's API. `faults` are used up first, one for each request."""

    def __init__(self, read: Reader, write: Writer) -> None:
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self.translate: Callable[[str], str] = lambda text: pseudo(text, "en-GB")
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                parsed, texts = read(body)
                vendor.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, parsed, texts))
                fault = vendor.faults.pop(0) if vendor.faults else Fault()
                with suppress(OSError):
                    self._answer(fault, parsed, texts)

            def _answer(self, fault: Fault, parsed: Any, texts: list[str]) -> None:
                if fault.hang_up:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if fault.hang:
                    vendor.stopping.wait(fault.hang)
                made = [vendor.translate(text) for text in texts]
                body = fault.body
                if body is None:
                    body = json.dumps(write(parsed, fault.change(made) if fault.change else made)).encode()
                self.send_response(fault.status)
                for name, value in {"Content-Type": "application/json", **fault.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if not fault.drip:
                    self.wfile.write(body)
                    return
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.05)
                    if vendor.stopping.is_set():
                        return

            def log_message(self, format: str, *args: object) -> None:
                return

        self.stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator[Vendor]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.stopping.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join(5)


Reader = Callable[[bytes], tuple[Any, list[str]]]
Writer = Callable[[Any, list[str]], Any]


def libretranslate() -> Vendor:
    def read(body: bytes) -> tuple[Any, list[str]]:
        asked = json.loads(body)
        return asked, asked["q"]

    return Vendor(read, lambda asked, made: {"translatedText": made})


def deepl() -> Vendor:
    def read(body: bytes) -> tuple[Any, list[str]]:
        try:
            asked = json.loads(body)
        except ValueError:
            asked = parse_qs(body.decode())
        return asked, asked["text"]

    def write(asked: Any, made: list[str]) -> Any:
        source = {"detected_source_language": "EN", "billed_characters": 1}
        return {"translations": [{**source, "text": text} for text in made]}

    return Vendor(read, write)


def azure() -> Vendor:
    def read(body: bytes) -> tuple[Any, list[str]]:
        asked = json.loads(body)
        return asked, [one["Text"] for one in asked]

    return Vendor(read, lambda asked, made: [{"translations": [{"text": text, "to": "es"}]} for text in made])


def chat() -> Vendor:
    def read(body: bytes) -> tuple[Any, list[str]]:
        asked = json.loads(body)
        return asked, [one["text"] for one in json.loads(asked["messages"][-1]["content"])["texts"]]

    def write(asked: Any, made: list[str]) -> Any:
        # out of order: the ids are what counts
        content = {"translations": [{"id": n, "text": text} for n, text in enumerate(made)][::-1]}
        return {"choices": [{"finish_reason": "stop", "message": {"content": json.dumps(content)}}]}

    return Vendor(read, write)


VENDORS: dict[str, Callable[[], Vendor]] = {
    "libretranslate": libretranslate, "deepl": deepl, "azure": azure, "chat": chat,
}  # fmt: skip


def query(asked: Asked) -> dict[str, list[str]]:
    return parse_qs(urlsplit(asked.path).query)
