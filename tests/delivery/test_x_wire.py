"""The X channel against a peer that misbehaves on the wire."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from briefings.delivery.channels.x import XChannel
from briefings.model.errors import OutsideError, Permanent, Transient, Uncertain
from briefings.rendering.post import Post

POSTS = (Post("One\nhttps://example.org/a", "en-GB"),)
HEAD = (
    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n"
)

Script = Callable[[socket.socket, str], None]


@contextmanager
def peer(*scripts: Script) -> Iterator[tuple[str, list[str]]]:
    """Serve one connection after the other, each by the next script (the last one for ever)."""
    listener = socket.create_server(("127.0.0.1", 0))
    requests: list[str] = []

    def serve() -> None:
        for number in range(20):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(5)
                request = connection.recv(65536).decode("latin-1")
                requests.append(request.partition("\r\n")[0])
                scripts[min(number, len(scripts) - 1)](connection, request)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(6)


def answers(status: str, body: str, more: str = "") -> Script:
    def script(connection: socket.socket, request: str) -> None:
        connection.sendall((HEAD.format(status=status, length=len(body), more=more) + body).encode())

    return script


def drips(connection: socket.socket, request: str) -> None:
    connection.sendall(b"HTTP/1.1 201 Created\r\nX-Slow: ")
    for _ in range(100):
        connection.sendall(b"a")
        time.sleep(0.05)


def drips_body(connection: socket.socket, request: str) -> None:
    connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b" ")
        time.sleep(0.05)


def hangs_up(connection: socket.socket, request: str) -> None:
    return


def channel_to(url: str, timeout: float = 0.5, token: str = "7-token") -> XChannel:
    return XChannel(url, "key", "consumer-secret", token, "token-secret", timeout, clock=lambda: 1000.0)


def failure(channel: XChannel) -> OutsideError:
    with pytest.raises(OutsideError) as caught:
        channel.publish_thread(POSTS, lambda digest: (b"", ""))
    return caught.value


CREATED = answers("201 Created", '{"data": {"id": "42", "text": "One"}}')
EMPTY = answers("200 OK", '{"meta": {"result_count": 0}}')
SHOWN = answers("200 OK", '{"data": [{"id": "41", "text": "One https://t.co/abc"}]}')


@pytest.mark.parametrize("slow", [drips, drips_body])
def test_a_server_that_drips_cannot_hold_a_call_beyond_its_deadline(slow: Script) -> None:
    with peer(slow) as (url, _):
        started = time.monotonic()

        error = failure(channel_to(url))

        assert isinstance(error, Uncertain)
        assert time.monotonic() - started < 2.5


@pytest.mark.parametrize("loss", [drips, hangs_up, answers("201 Created", "<html>"), answers("201 Created", "[]")])
def test_an_answer_that_tells_nothing_is_looked_up_on_the_timeline(loss: Script) -> None:
    with peer(loss, SHOWN) as (url, requests):
        ids = channel_to(url).publish_thread(POSTS, lambda digest: (b"", ""))

    assert ids == ["41"]
    assert [line.split("?")[0].split(" HTTP")[0] for line in requests] == ["POST /2/tweets", "GET /2/users/7/tweets"]


def test_what_is_not_on_the_timeline_is_sent_once_more() -> None:
    with peer(hangs_up, EMPTY, CREATED) as (url, requests):
        ids = channel_to(url).publish_thread(POSTS, lambda digest: (b"", ""))

    assert ids == ["42"]
    assert sum(line.startswith("POST") for line in requests) == 2


def test_a_duplicate_that_the_timeline_does_not_show_yet_is_uncertain_after_a_loss() -> None:
    duplicate = answers("403 Forbidden", '{"detail": "You are not allowed to create a Tweet with duplicate content."}')
    with peer(hangs_up, EMPTY, duplicate, EMPTY) as (url, _):
        assert isinstance(failure(channel_to(url)), Uncertain)

    with peer(duplicate, EMPTY) as (url, _):
        assert isinstance(failure(channel_to(url)), Permanent)


def test_a_post_in_another_thread_is_not_taken_for_ours() -> None:
    elsewhere = answers(
        "200 OK",
        '{"data": [{"id": "40", "text": "One https://t.co/abc",'
        ' "referenced_tweets": [{"type": "replied_to", "id": "39"}]}]}',
    )
    with peer(elsewhere, CREATED) as (url, _):
        ids = channel_to(url).publish_thread(POSTS, lambda digest: (b"", ""), attempted=True)

    assert ids == ["42"]


def test_a_refused_connection_changed_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    error = failure(channel_to(f"http://127.0.0.1:{port}"))

    assert isinstance(error, Transient)
    assert str(error) == "X could not be reached"


@pytest.mark.parametrize(
    ("more", "seconds"),
    [
        ("x-rate-limit-reset: 1060\r\n", 60.0),
        ("x-rate-limit-reset: 1060\r\nx-user-limit-24hour-remaining: 0\r\nx-user-limit-24hour-reset: 5000\r\n", 4000.0),
        ("x-rate-limit-reset: 900\r\n", 1.0),
        ("", None),
    ],
)
def test_a_limit_is_waited_for_until_it_is_lifted(more: str, seconds: float | None) -> None:
    with peer(answers("429 Too Many Requests", "{}", more)) as (url, _):
        error = failure(channel_to(url))

    assert isinstance(error, Transient)
    assert error.retry_after == seconds


def test_an_api_that_has_moved_is_not_followed() -> None:
    with (
        peer(CREATED) as (elsewhere, led_away),
        peer(answers("307 Temporary Redirect", "{}", f"Location: {elsewhere}/2/tweets\r\n")) as (url, _),
    ):
        error = failure(channel_to(url))

    assert isinstance(error, Permanent)
    assert led_away == []


def test_the_account_is_asked_for_where_the_token_does_not_name_it() -> None:
    me = answers("200 OK", '{"data": {"id": "77", "name": "n", "username": "u"}}')
    with peer(me, SHOWN) as (url, requests):
        ids = channel_to(url, token="opaque").publish_thread(POSTS, lambda digest: (b"", ""), attempted=True)

    assert ids == ["41"]
    assert requests[1].startswith("GET /2/users/77/tweets")


def test_requests_are_signed_for_the_address_they_go_to() -> None:
    seen: list[str] = []

    def keep(connection: socket.socket, request: str) -> None:
        seen.append(request)
        CREATED(connection, request)

    with peer(keep) as (url, _):
        channel_to(url).publish_thread(POSTS, lambda digest: (b"", ""))

    assert f"Host: {url.removeprefix('http://')}" in seen[0]
    assert 'oauth_token="7-token"' in seen[0]
    assert "secret" not in seen[0]


def test_a_proxy_in_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)

    with peer(CREATED) as (url, _):
        ids = channel_to(url).publish_thread(POSTS, lambda digest: (b"", ""))

    assert ids == ["42"]
