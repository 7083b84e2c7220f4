"""The stand-ins on free ports, and tweepy led to the X one."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from briefings.sandbox import x
from briefings.sandbox.run import StandIns


class LedHere(HTTPAdapter):
    """Sends what is meant for X to the stand-in, as our own adapter must: tweepy's host is hard-coded."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        request.url = f"{self._base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().send(request, *args, **kwargs)


def client_of(base: str, **secrets: str) -> tweepy.Client:
    credentials = {
        "consumer_key": x.CONSUMER_KEY,
        "consumer_secret": x.CONSUMER_SECRET,
        "access_token": x.ACCESS_TOKEN,
        "access_token_secret": x.ACCESS_TOKEN_SECRET,
    }
    client = tweepy.Client(**(credentials | secrets))
    for host in x.REAL_HOSTS:
        client.session.mount(host, LedHere(base))
    return client


@pytest.fixture
def stand_ins(tmp_path: Path) -> Iterator[StandIns]:
    with StandIns(tmp_path) as running:
        yield running


@pytest.fixture
def client(stand_ins: StandIns) -> Iterator[tweepy.Client]:
    made = client_of(stand_ins.x_url)
    yield made
    made.session.close()


@pytest.fixture(scope="session")
def png() -> bytes:
    """A small picture, with every awkward byte a form parser might trip over inside."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixels = b"".join(b"\0" + bytes((row, 96, 160) * 24) for row in range(24))
    awkward = chunk(b"tEXt", b"Comment\0\r\n--\r\n\r\n\n" + bytes(range(1, 256)))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 24, 24, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + awkward + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
