"""Links of briefings and services: do they answer, and in the language of the reader who follows them?

Each is asked once for every language whose editions show it. What answers is not trusted: it is capped in bytes,
time and redirects, and addresses of this machine and of private networks are refused.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import httpx

from briefings.content.markdown import PARSER
from briefings.model.briefing import Briefing
from briefings.model.language import cldr

USER_AGENT = "community-safety-briefings link check"

_SCHEMES = ("http", "https")
_LANG = re.compile(rb"<html\b[^>]*?\blang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)", re.IGNORECASE)
_REFUSES_PROGRAMS = (401, 403, 405, 406, 429, 999)
"""Answers of sites that want a person: not a sign that the page is gone."""


@dataclass(frozen=True)
class Reached:
    """What became of one request: the languages the page says it is in, or the trouble."""

    url: str
    locale: str
    languages: tuple[str, ...] = ()
    trouble: str = ""
    is_certain: bool = True
    """False where the site may answer a person all the same."""


@dataclass(frozen=True)
class Limits:
    """`seconds` are wall clock for one answer, redirects included; `octets` are read of it."""

    seconds: float = 5.0
    octets: int = 64 * 1024
    redirects: int = 5
    requests: int = 200
    at_once: int = 6


class _Unreachable(Exception):
    pass


def links_of(briefing: Briefing, locales: Sequence[str]) -> dict[str, set[str]]:
    """Return every web address of a briefing -> the locales whose editions show it."""
    found: dict[str, set[str]] = {}
    for section in briefing.sections:
        for token in PARSER.parse(section.body):
            for child in token.children or ():
                if child.type == "link_open":
                    found.setdefault(str(child.attrGet("href")), set()).update(locales)
    for contact in briefing.contacts:
        found.setdefault(contact.url, set()).update(tag for tag in locales if contact.is_shown_in(tag))
    return {url: shown for url, shown in found.items() if shown and url.startswith(("https://", "http://"))}


async def reach(
    links: Mapping[str, Iterable[str]], *, may_be_local: bool, limits: Limits = Limits()
) -> tuple[list[Reached], int]:
    """Ask for every link in each of its locales; return what became of it, and how many requests were too many.

    A link that does not answer in one locale is not asked for in the others. `may_be_local` lets addresses of this
    machine and of private networks be asked. Nothing is raised for what a link does.
    """
    gate = asyncio.Semaphore(limits.at_once)
    left = limits.requests
    too_many = 0
    async with httpx.AsyncClient(
        headers={"user-agent": USER_AGENT, "accept-encoding": "identity"},
        timeout=limits.seconds,
        limits=httpx.Limits(max_connections=limits.at_once),
        trust_env=False,
    ) as client:
        asking = _Asking(client, limits, may_be_local)

        async def ask(url: str, locales: Sequence[str]) -> list[Reached]:
            nonlocal left, too_many
            answers: list[Reached] = []
            async with gate:
                for locale in locales:
                    if left == 0:
                        too_many += 1
                        continue
                    left -= 1
                    answers.append(await asking.reached(url, locale))
                    if answers[-1].trouble:
                        break
            return answers

        asked = await asyncio.gather(*(ask(url, sorted(locales)) for url, locales in sorted(links.items())))
    return [answer for answers in asked for answer in answers], too_many


@dataclass(frozen=True)
class _Asking:
    client: httpx.AsyncClient
    limits: Limits
    may_be_local: bool

    async def reached(self, url: str, locale: str) -> Reached:
        try:
            async with asyncio.timeout(self.limits.seconds):
                status, languages = await self._fetched(url, locale)
        except TimeoutError:
            return Reached(url, locale, trouble=f"gave no answer within {self.limits.seconds:g} seconds")
        except _Unreachable as error:
            return Reached(url, locale, trouble=str(error))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            reason = str(error).partition("\n")[0] or type(error).__name__
            return Reached(url, locale, trouble=f"does not answer ({reason})")
        if status >= 400:
            return Reached(url, locale, languages, f"answers {status}", status not in _REFUSES_PROGRAMS)
        return Reached(url, locale, languages)

    async def _fetched(self, url: str, locale: str) -> tuple[int, tuple[str, ...]]:
        """Return status and languages of a page, after its redirects."""
        address = httpx.URL(url)
        accepted = {"accept-language": f"{locale}, {locale.partition('-')[0]};q=0.9, *;q=0.1"}
        for _ in range(self.limits.redirects + 1):
            if address.scheme not in _SCHEMES:
                raise _Unreachable(f"leads to {address.scheme}:, which is no web page")
            if not self.may_be_local:
                await _refuse_local(address)
            async with self.client.stream("GET", address, headers=accepted) as response:
                peer = response.extensions["network_stream"].get_extra_info("server_addr")
                # asked for again: the name may have led elsewhere by the time of the connection
                if not self.may_be_local and (peer is None or not _is_public(str(peer[0]))):
                    raise _Unreachable(_LOCAL)
                if not response.has_redirect_location:
                    return response.status_code, await self._languages(response)
                address = address.join(response.headers["location"])
        raise _Unreachable(f"is sent on more than {self.limits.redirects} times")

    async def _languages(self, response: httpx.Response) -> tuple[str, ...]:
        """Return what a page says of its language: the header's word first (RFC 9110, 8.5), else that of `<html>`."""
        said = [tag.strip() for tag in response.headers.get("content-language", "").split(",") if tag.strip()]
        if said or "html" not in response.headers.get("content-type", "html"):
            return tuple(dict.fromkeys(said))
        head = b""  # raw: what was packed in spite of our asking is not unpacked, however large it would become
        async for piece in response.aiter_raw(8192):
            head += piece[: self.limits.octets - len(head)]
            if (match := _LANG.search(head)) or len(head) >= self.limits.octets:
                return (match[1].decode(),) if match else ()
        return ()


_LOCAL = "leads to an address of this machine or of a private network"


async def _refuse_local(address: httpx.URL) -> None:
    port = address.port or (443 if address.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(address.host, port)
    if not all(_is_public(str(info[4][0])) for info in found):
        raise _Unreachable(_LOCAL)


def _is_public(host: str) -> bool:
    address = ip_address(host.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_global and not mapped.is_multicast)


def in_other_languages(answers: Iterable[Reached]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return url -> languages it answers in, and locales whose readers it does not answer in theirs.

    A page that says nothing of its language is taken for right.
    """
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for answer in answers:
        if answer.trouble or not answer.languages:
            continue
        languages, missed = found.setdefault(answer.url, ({}, {}))
        languages.update(dict.fromkeys(answer.languages))
        if _language(answer.locale) not in {_language(tag) for tag in answer.languages}:
            missed[answer.locale] = None
    return {url: (tuple(languages), tuple(missed)) for url, (languages, missed) in found.items() if missed}


def _language(tag: str) -> str:
    try:
        return cldr(tag).language
    except ValueError:
        return tag.partition("-")[0].lower()
