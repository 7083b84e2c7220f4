"""Links: asked once for each language, capped, and never into a private network."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefings.cli import main
from briefings.content.links import USER_AGENT, Limits, Reached, in_other_languages, links_of, reach
from briefings.content.loader import load_content
from briefings.settings import CHECKOUT


@dataclass
class Site:
    """A web site on this machine, and what it was asked for."""

    url: str = ""
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)
    bytes_sent: int = 0
    ends: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def site() -> Iterator[Site]:
    known = Site()

    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            language = self.headers["accept-language"].partition(",")[0]
            known.asked[self.path, language] += 1
            known.agents.add(self.headers["user-agent"])
            match self.path.strip("/").partition("/"):
                case "html", _, tag:
                    self.page(f'<!DOCTYPE html>\n<html class="a" lang="{tag}"><p>Hello')
                case "header", _, _:
                    self.page('<html lang="en">', {"content-language": language})
                case "both", _, _:
                    self.page('<html lang="en">', {"content-language": "en, ro"})
                case "silent", _, _:
                    self.page("<html><p>Hello")
                case "status", _, code:
                    self.page("", status=int(code))
                case "on", _, rest if int(rest) > 0:
                    self.page("", {"location": f"/on/{int(rest) - 1}"}, 302)
                case "away", _, _:
                    self.page("", {"location": "ftp://files.example/a"}, 302)
                case "hangs", _, _:
                    known.ends.wait(10)
                case "drips", _, _:
                    self.drip(b"<p>", 0.05)
                case "flood", _, _:
                    self.drip(b"x" * 65536, 0)
                case _:
                    self.page('<html lang="en">')

        def page(self, body: str, headers: Mapping[str, str] | None = None, status: int = 200) -> None:
            self.send_response(status)
            for name, value in {
                "content-type": "text/html",
                "content-length": str(len(body)),
                **(headers or {}),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def drip(self, piece: bytes, pause: float) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            try:
                while not known.ends.wait(pause):
                    known.bytes_sent += self.wfile.write(piece)
            except OSError:
                pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield known
    known.ends.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def asked(wanted: Mapping[str, set[str]], *, may_be_local: bool = True, limits: Limits = Limits()) -> list[Reached]:
    return asyncio.run(reach(wanted, may_be_local=may_be_local, limits=limits))[0]


def test_a_link_is_asked_once_in_each_language_and_says_who_asks(site: Site) -> None:
    answers = asked({f"{site.url}/header": {"en-GB", "ro", "pt-PT"}})

    assert {answer.locale: answer.languages for answer in answers} == {
        "en-GB": ("en-GB",),
        "ro": ("ro",),
        "pt-PT": ("pt-PT",),
    }
    assert site.asked == {("/header", "en-GB"): 1, ("/header", "ro"): 1, ("/header", "pt-PT"): 1}
    assert site.agents == {USER_AGENT}


@pytest.mark.parametrize(
    ("path", "languages"),
    [
        ("/html/ur", ("ur",)),
        ("/html/pa-Guru", ("pa-Guru",)),
        ("/both", ("en", "ro")),
        ("/silent", ()),
        ("/on/5", ("en",)),
    ],
)
def test_a_page_says_its_language_in_its_header_or_its_markup(
    site: Site, path: str, languages: tuple[str, ...]
) -> None:
    (answer,) = asked({site.url + path: {"ro"}})

    assert (answer.languages, answer.trouble) == (languages, "")


@pytest.mark.parametrize(
    ("path", "says", "certain"),
    [
        ("/status/404", "answers 404", True),
        ("/status/500", "answers 500", True),
        ("/status/403", "answers 403", False),
        ("/status/429", "answers 429", False),
        ("/on/6", "more than 5 times", True),
        ("/away", "leads to ftp:", True),
    ],
)
def test_a_link_in_trouble_says_which_and_is_not_asked_in_every_language(
    site: Site, path: str, says: str, certain: bool
) -> None:
    (answer,) = asked({site.url + path: {"en-GB", "ro", "ur"}})

    assert says in answer.trouble
    assert answer.is_certain is certain
    assert site.asked[path, "en-GB"] == 1


def test_a_name_that_nobody_knows_and_an_address_that_is_none_are_trouble() -> None:
    answers = asked({"http://nowhere.invalid/": {"ro"}, "http://127.0.0.1:1/": {"ro"}, "http://[::": {"ro"}})

    assert [bool(answer.trouble) for answer in answers] == [True, True, True]


def test_pages_that_hang_drip_or_never_end_take_no_more_than_their_time_and_bytes(site: Site) -> None:
    start = time.monotonic()

    answers = asked({f"{site.url}/{path}": {"ro"} for path in ("hangs", "drips", "flood")}, limits=Limits(seconds=0.6))

    assert time.monotonic() - start < 3
    assert [bool(answer.trouble) for answer in answers] == [True, False, True]
    assert [answer.url.rpartition("/")[2] for answer in answers] == ["drips", "flood", "hangs"]
    assert site.bytes_sent < 32 * 1024 * 1024


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"]
)
def test_addresses_of_private_networks_are_refused(site: Site, host: str) -> None:
    port = site.url.rpartition(":")[2]

    (answer,) = asked({f"http://{host}:{port}/": {"ro"}}, may_be_local=False)

    assert "of this machine or of a private network" in answer.trouble
    assert not site.asked


def test_there_is_a_limit_to_all_requests_together_and_what_is_over_it_is_counted(site: Site) -> None:
    wanted = {f"{site.url}/{n}": {"en-GB", "ro"} for n in range(4)}

    answers, too_many = asyncio.run(reach(wanted, may_be_local=True, limits=Limits(requests=5)))

    assert (len(answers), too_many) == (5, 3)
    assert site.asked.total() == 5


def test_a_page_that_is_in_one_language_only_is_named_with_the_readers_it_misses() -> None:
    answers = [
        Reached("https://a.example", "en-GB", ("en",)),
        Reached("https://a.example", "ro", ("en",)),
        Reached("https://a.example", "ur", ("en",)),
        Reached("https://b.example", "ro", ()),
        Reached("https://c.example", "pt-PT", ("pt-BR",)),
        Reached("https://d.example", "ro", trouble="answers 404"),
    ]

    assert in_other_languages(answers) == {"https://a.example": (("en",), ("ro", "ur"))}


def test_the_links_of_a_briefing_are_those_in_its_text_and_of_the_contacts_each_edition_shows() -> None:
    content = load_content(CHECKOUT)
    briefing = content.briefings["north/2026-11-20-car-crime-and-park-safety"]

    found = links_of(briefing, ("en-GB", "ro"))

    assert set(found) == {
        "https://www.walthamforest.gov.uk/community-safety",
        "https://crimestoppers-uk.org",
        "https://crimestoppers-uk.org/fearless",
    }
    assert set(map(tuple, map(sorted, found.values()))) == {("en-GB", "ro")}


def test_check_names_links_that_are_gone_as_faults_and_those_in_another_language_as_advice(
    site: Site, tmp_path: Path
) -> None:
    folder = tmp_path / "content" / "briefings" / "east"
    folder.mkdir(parents=True)
    (tmp_path / "content" / "places.yaml").write_text(
        "borough: {code: E1, name: Otherham, timezone: Europe/London, source_locale: en-GB}\n"
        "locales: [en-GB, ro, ur]\nregions: {east: {name: East}}\nwards: {}\n"
    )
    (tmp_path / "content" / "audiences.yaml").write_text(
        f"services:\n  - name: Interpreters\n    url: {site.url}/html/ur\n    locales: [ro, ur]\n"
    )
    (folder / "2026-11-20-lamps.md").write_text(
        "---\ntitle: Lamps\nregion: east\nperiod: {from: 2026-11-13, to: 2026-11-19}\n"
        'publish_at: "2026-11-20 09:00"\nseverity: routine\nauthor: Team\nsummary: We fit lamps.\n---\n'
        f"## Lamps\n\nRead [about lamps]({site.url}/html/en) and [about parks]({site.url}/status/404).\n"
    )
    settings = {"BRIEFINGS_ROOT": str(tmp_path), "BRIEFINGS_PUBLIC_URL": "http://127.0.0.1:8000"}

    result = CliRunner().invoke(main, ["check", "--links"], env=settings)
    afar = CliRunner().invoke(main, ["check", "--links"], env={**settings, "BRIEFINGS_PUBLIC_URL": "https://b.example"})

    place = "content/briefings/east/2026-11-20-lamps.md:12"
    assert result.exit_code == 1
    assert f"{place}: {site.url}/status/404 answers 404" in result.output
    assert (
        f"advice: {place}: {site.url}/html/en answers in en only: say so in the text, or give a page in ro, ur"
        in result.output
    )
    assert f"advice: content/audiences.yaml:3: {site.url}/html/ur answers in ur only" in result.output
    assert "1 briefings can be read, 1 faults" in result.output
    assert afar.output.count("of this machine or of a private network") == 3
