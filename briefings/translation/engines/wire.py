"""HTTP for engines: one POST with a wall-clock deadline and a cap on the answer; errors are ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from briefings.model.errors import Permanent, Refused, Transient
from briefings.translation.engines import TooManyRequests

MAX_ANSWER = 5 * 1024 * 1024
"""Bytes of an answer, at the most: far above any batch of texts we send."""


@dataclass(frozen=True)
class Answer:
    """What a vendor answered. `retry_after` is in seconds, None where it did not say."""

    status: int
    body: bytes
    retry_after: float | None = None


def post(url: str, content: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    """Send a POST and read the answer, both within `timeout` seconds of wall clock. Redirects are not followed.

    httpx's own timeouts are for each read, so a server that drips would hold us for ever: the call runs
    in a thread that is left behind when the time is up. Raises Transient or Permanent.
    """
    outcome: list[Answer | BaseException] = []
    # trust_env: a proxy of the environment must not see the text
    client = httpx.Client(trust_env=False, timeout=timeout, follow_redirects=False)

    def call() -> None:
        try:
            outcome.append(_exchange(client, url, content, headers))
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(timeout)
    client.close()  # the next byte that drips in ends the thread
    result = outcome[0] if outcome else TimeoutError()
    match result:
        case Answer():
            return result
        case httpx.TimeoutException() | TimeoutError():
            raise Transient(f"did not answer within {timeout:g} seconds") from result
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | ValueError():
            raise Permanent(
                "the address or the key in the settings is not one"
            ) from None  # the cause would show the key
        case httpx.HTTPError():
            raise Transient(f"could not be reached ({type(result).__name__})") from result
        case _:
            raise result


def _exchange(client: httpx.Client, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
    with client.stream("POST", url, content=content, headers=dict(headers)) as response:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_ANSWER:
                raise Permanent(f"answered more than {MAX_ANSWER // 1024 // 1024} MiB")
        return Answer(response.status_code, bytes(body), _seconds(response.headers.get("retry-after", "")))


def post_json(url: str, payload: object, headers: Mapping[str, str], timeout: float) -> Any:
    """Send JSON and return the JSON of the answer. Raises Transient or Permanent for anything else."""
    headers = {"content-type": "application/json", "accept": "application/json", **headers}
    try:
        content = json.dumps(payload, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Permanent(
            "cannot be sent what is not Unicode: look at the settings, such as the name of a model"
        ) from None
    answer = post(url, content, headers, timeout)
    raise_for_status(answer)
    return json_of(answer.body)


def json_of(body: bytes | str) -> Any:
    """Read JSON. Raises Permanent where it is none, naming an HTML page as what it is."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        what = "an HTML page" if text.lstrip()[:1] == "<" else "something that is not JSON"
        raise Permanent(f"answered {what}") from error


def raise_for_status(answer: Answer) -> None:
    """Raise Transient or Permanent for a status that is no success. The body is not quoted: it may hold our text."""
    if 200 <= answer.status < 300:
        return
    words = _WORDS.get(answer.status) or _phrase(answer.status)
    message = f"answered {answer.status} ({words})"
    if answer.status == 429:
        raise TooManyRequests(message, answer.retry_after)
    if answer.status in (408, 425) or answer.status >= 500:
        raise Transient(message, answer.retry_after)
    raise Permanent(message)


_WORDS = {
    401: "the key is not accepted",
    403: "the key is not accepted or may not do this",
    413: "too much text in one call",
    429: "too many requests",
    456: "the quota of the account is used up",  # DeepL's own
    503: "not available just now",
}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase.lower()
    except ValueError:
        return "unknown to HTTP"


def _seconds(header: str) -> float | None:
    """Read Retry-After in seconds (RFC 9110, 10.2.3). Its other form, a date, is not used by these vendors."""
    return float(header) if header.isascii() and header.isdigit() and len(header) < 9 else None


def is_private(url: str) -> bool:
    """Say whether a URL names this machine or a private network: its text goes to no third party.

    Only by the address as written: a name that resolves to a private address today may not tomorrow.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_private or address.is_loopback


def usable_url(url: str, setting: str) -> str:
    """Return the address of a server as it is. Raises Refused, naming the setting, where it is none."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        httpx.URL(url)
    except (ValueError, httpx.InvalidURL):
        good = False
    if not good or any(character.isspace() for character in url):
        # not quoted: an address may hold a password
        raise Refused(f"BRIEFINGS_{setting} is not the address of a server: write it as https://host/path")
    return url


def usable_key(key: str, setting: str) -> str:
    """Return a key as it is. Raises Refused, naming the setting, where it has what no header may hold (RFC 9110, 5.5).

    That is what copying from a letter or a web page leaves: a typographic quote, a space, the end of a line.
    """
    wrong = next((n for n, character in enumerate(key, start=1) if not "!" <= character <= "~"), 0)
    if wrong:
        raise Refused(
            f"BRIEFINGS_{setting} has a character that cannot be sent (number {wrong} of {len(key)}): only letters "
            "and marks of ASCII can, without spaces; copy it again"
        )
    return key


def strings(values: object, count: int) -> list[str]:
    """Return a list of exactly `count` strings, as it came. Raises Permanent for anything else."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise Permanent("answered something that is not a list of texts")
    if len(values) != count:
        raise Permanent(f"answered {len(values)} of {count} texts")
    return list(values)
