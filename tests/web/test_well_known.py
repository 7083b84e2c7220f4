"""Site map, robots file and security.txt of the whole site, as it is served."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import xmlschema
from lxml import etree

from briefings.editorial.amend import withdraw
from briefings.editorial.publish import begin
from briefings.model.errors import Refused
from briefings.rendering.sitemap import PublicEdition, public_pages, render_sitemap
from briefings.services import Services
from briefings.settings import Settings
from briefings.web.public.well_known import security_contact, security_txt
from briefings.web.serve import application
from tests.editorial.town import LAMPS, NOW, Town, town
from tests.rendering.editions import LOCALES, sample_site
from tests.web.conftest import Stage

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent.parent / "schemas" / "sitemap.xsd")
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
SITE = sample_site()


@pytest.fixture
def otherham(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as place:
        place.approve()
        yield place


@pytest.fixture
def whole(stage: Stage, otherham: Town) -> Iterator[httpx.Client]:
    stage.app = application(otherham.services)
    with httpx.Client(base_url=stage.url, timeout=10) as client:
        yield client


def listed(content: bytes) -> dict[str, dict[str, str]]:
    """Hold a site map against the schema; return address -> its other languages, by tag."""
    SCHEMA.validate(content.decode())
    return {
        url.findtext("s:loc", namespaces=NS): {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", NS)
        }
        for url in etree.fromstring(content).findall("s:url", NS)
    }


def editions(n: int) -> list[PublicEdition]:
    at = datetime(2026, 11, 6, 9, tzinfo=UTC)
    return [PublicEdition(f"riverside/2026-11-06-number-{i}", "riverside", at, LOCALES) for i in range(n)]


def test_every_page_of_the_site_map_is_there_and_says_the_same_of_its_languages(
    whole: httpx.Client, otherham: Town
) -> None:
    begin(otherham.desk, LAMPS, NOW)

    pages = listed(whole.get("/sitemap.xml").content)

    paths = {urlsplit(url).path for url in pages}
    assert {"/pl/", "/pl/east/", "/pl/ward/T1W1/", f"/pl/{LAMPS}/", "/pl/archive", "/pl/subscribe"} <= paths
    assert not [path for path in paths if "/u/" in path or "preferences" in path]
    for url, others in pages.items():
        answer = whole.get(urlsplit(url).path)
        assert answer.status_code == 200, url
        head = etree.HTML(answer.text)
        said = {link.get("hreflang"): link.get("href") for link in head.xpath("//link[@rel='alternate'][not(@type)]")}
        assert (head.xpath("//link[@rel='canonical']/@href"), said) == ([url], others)


def test_what_is_not_published_or_withdrawn_is_in_no_site_map(whole: httpx.Client, otherham: Town) -> None:
    before = whole.get("/sitemap.xml").text
    begin(otherham.desk, LAMPS, NOW)
    withdraw(otherham.desk, LAMPS, "", lambda: NOW)

    after = whole.get("/sitemap.xml").text

    assert LAMPS not in before + after


def test_many_pages_are_listed_in_parts_that_together_hold_all() -> None:
    pages = list(public_pages(editions(30), ("privacy",), SITE))

    index = render_sitemap(pages, SITE, room=50)
    whole = render_sitemap(pages, SITE)
    assert index is not None
    assert whole is not None
    SCHEMA.validate(index.decode())
    parts = [url.text for url in etree.fromstring(index).findall("s:sitemap/s:loc", NS)]
    rendered = [render_sitemap(pages, SITE, number + 1, 50) for number in range(len(parts))]

    found = [url for content in rendered if content is not None for url in listed(content)]
    assert parts == [f"{SITE.public_url}/sitemap-{n + 1}.xml" for n in range(len(parts))]
    assert len(parts) > 2
    assert found == list(listed(whole))
    assert render_sitemap(pages, SITE, len(parts) + 1, 50) is None
    assert render_sitemap(pages, SITE, 1) is None


def test_the_largest_part_is_within_the_limit_of_bytes() -> None:
    pages = public_pages(editions(10_000 // len(LOCALES)), (), SITE)

    content = render_sitemap(pages, SITE)

    assert content is not None
    assert len(content) * 11 / len(LOCALES) < 50 * 1024 * 1024


@pytest.mark.parametrize("path", ["/sitemap-0.xml", "/sitemap-1.xml", "/sitemap-x.xml"])
def test_a_part_that_is_not_there_is_not_found(whole: httpx.Client, path: str) -> None:
    assert whole.get(path).status_code == 404


def test_security_txt_says_whom_to_tell_and_is_not_out_of_date(whole: httpx.Client) -> None:
    answer = whole.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    expires = datetime.fromisoformat(fields["Expires"])
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert set(fields) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    assert fields["Contact"] == "http://127.0.0.1:8000/en-GB/"
    assert fields["Preferred-Languages"] == "en-GB, pl"
    assert timedelta(days=140) < expires - datetime.now(UTC) < timedelta(days=190)


@pytest.mark.parametrize(
    ("month", "expires"), [(1, "2026-07-01"), (6, "2026-12-01"), (7, "2027-01-01"), (12, "2027-06-01")]
)
def test_security_txt_is_good_for_half_a_year_at_any_time_of_it(month: int, expires: str) -> None:
    content = security_txt(SITE, "mailto:a@example.org", ("en-GB",), datetime(2026, month, 28, tzinfo=UTC)).decode()

    assert f"Expires: {expires}T00:00:00Z" in content


def test_the_contact_that_is_set_counts(tmp_path: Path) -> None:
    def contact(given: str) -> str:
        settings = Settings(_env_file=None, data_dir=tmp_path, security_contact=given)  # type: ignore[call-arg]
        return security_contact(SITE, Services(settings).security_contact)

    assert contact("safety@example.org") == "mailto:safety@example.org"
    assert contact("https://example.org/report") == "https://example.org/report"
    for wrong in ("example", "javascript:alert(1)", "a@b\nContact: c", "a b@example.org"):
        with pytest.raises(Refused, match="BRIEFINGS_SECURITY_CONTACT"):
            contact(wrong)
