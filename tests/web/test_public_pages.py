"""The public pages: their languages, what they link to, and what they never show."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import html5lib
import httpx
import pytest
from lxml import html

from briefings.rendering.look import BRAND, look
from briefings.rendering.templates import environment
from briefings.settings import CHECKOUT
from briefings.web.app import create_app
from tests.rendering.editions import LOCALES, sample_briefing, sample_site
from tests.web.conftest import Stage
from tests.web.published import TOKEN, MemorySite, other_briefing

BRIEFING = sample_briefing().id
PAGES = [
    "/",
    *(f"/{locale}/" for locale in LOCALES),
    *(f"/{locale}/riverside/" for locale in LOCALES),
    *(f"/{locale}/{BRIEFING}/" for locale in LOCALES),
    *(f"/{locale}/respond/{BRIEFING}" for locale in LOCALES),
    *(f"/{locale}/no-such-place/" for locale in LOCALES),
    f"/u/{TOKEN}",
    "/u/wrong",
]


def page(web: httpx.Client, path: str, **headers: str) -> html.HtmlElement:
    return html.fromstring(web.get(path, headers=headers).text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_strict_html_that_says_its_language(web: httpx.Client, path: str) -> None:
    answer = web.get(path)

    html5lib.HTMLParser(strict=True).parse(answer.text)
    root = html.fromstring(answer.text)
    locale = path.split("/")[1]
    if locale in LOCALES:
        assert (root.get("lang"), root.get("dir")) == (locale, "rtl" if locale == "ur" else "ltr")
    assert len(root.findall(".//h1")) == len(root.findall(".//main")) == 1
    assert root.xpath("string(//a[@class='skip']/@href)") == "#content"
    assert {script.get("type") for script in root.findall(".//script")} <= {"application/ld+json"}  # data, no script
    assert not root.xpath("//@style")


def test_the_first_page_offers_every_language_by_its_own_name(web: httpx.Client) -> None:
    root = page(web, "/", **{"accept-language": "ta-IN, en;q=0.5"})

    links = {a.get("href"): (a.text, a.get("lang"), a.get("dir")) for a in root.xpath("//main//a")}

    assert root.get("lang") == "ta"
    assert links["/ur/"] == ("اردو", "ur", "rtl")
    assert links["/bg/"] == ("Български", "bg", "ltr")
    assert len(links) == len(LOCALES)


def test_the_language_switcher_keeps_the_page(web: httpx.Client) -> None:
    root = page(web, f"/ur/{BRIEFING}/")

    links = {a.get("lang"): a.get("href") for a in root.xpath("//nav[@class='languages']//a")}

    assert links == {locale: f"/{locale}/{BRIEFING}/" for locale in LOCALES}
    assert root.xpath("//nav[@class='languages']//a[@aria-current]/@lang") == ["ur"]


def test_a_page_names_its_address_its_languages_and_its_feeds(web: httpx.Client) -> None:
    root = page(web, f"/ta/{BRIEFING}/")

    base = "https://briefings.exampleton.example"
    alternates = {link.get("hreflang"): link.get("href") for link in root.xpath("//link[@rel='alternate'][not(@type)]")}
    feeds = {(x.get("type"), x.get("hreflang")): x.get("href") for x in root.xpath("//link[@rel='alternate'][@type]")}
    assert root.xpath("string(//link[@rel='canonical']/@href)") == f"{base}/ta/{BRIEFING}/"
    assert alternates == {locale: f"{base}/{locale}/{BRIEFING}/" for locale in LOCALES} | {
        "x-default": f"{base}/en-GB/{BRIEFING}/"
    }
    assert feeds["application/atom+xml", "ta"] == f"{base}/feeds/riverside/ta.atom"
    assert feeds["application/atom+xml", "ur"] == f"{base}/feeds/riverside/ur.atom"
    assert ("application/feed+json", "ta") in feeds


def test_a_list_shows_titles_in_their_true_language(web: httpx.Client) -> None:
    root = page(web, "/ta/")

    links = {a.get("href"): a.get("lang") for a in root.xpath("//ul[@class='briefings']//h3/a")}

    assert links == {f"/ta/{BRIEFING}/": None, f"/en-GB/{other_briefing().id}/": "en-GB"}


@pytest.mark.parametrize("path", ["/en-GB", "/ur/riverside", f"/ta/{BRIEFING}", "/ta/riverside/2030-01-01-not-there"])
def test_a_missing_slash_is_put_right_whether_or_not_there_is_a_page(web: httpx.Client, path: str) -> None:
    answer = web.get(path)

    assert (answer.status_code, answer.headers["location"]) == (308, f"{path}/")


@pytest.mark.parametrize(
    "path", ["/xx/", "/xx", "/en-gb/", "/ta/hillside/", "/en-GB/nowhere", "/feeds/riverside/xx.atom", "/feeds/x/ur.rss"]
)
def test_what_does_not_exist_is_not_found(web: httpx.Client, path: str) -> None:
    assert web.get(path).status_code == 404


def test_a_briefing_that_is_not_published_looks_like_one_that_does_not_exist(
    web: httpx.Client, source: MemorySite
) -> None:
    secret = other_briefing(5)
    before = {path: web.get(path).content for path in ("/en-GB/", "/en-GB/hillside/", "/sitemap.xml")}

    embargoed = web.get(f"/en-GB/{secret.id}/")
    unknown = web.get("/en-GB/hillside/2030-01-01-not-there/")
    question = web.get(f"/en-GB/respond/{secret.id}")
    source.publish(secret)
    published = web.get(f"/en-GB/{secret.id}/")

    assert embargoed.status_code == unknown.status_code == question.status_code == 404
    assert embargoed.content == unknown.content == question.content
    assert dict(embargoed.headers) | {"date": ""} == dict(unknown.headers) | {"date": ""}
    assert published.status_code == 200
    for path, body in before.items():
        assert secret.slug.encode() not in body
        assert secret.slug.encode() in web.get(path).content


def test_a_withdrawn_briefing_is_gone_and_says_so_without_saying_what_it_said(
    web: httpx.Client, source: MemorySite
) -> None:
    briefing = sample_briefing()
    known = web.get(f"/ur/{BRIEFING}/")
    source.withdraw(BRIEFING, briefing.publish_at)

    gone = web.get(f"/ur/{BRIEFING}/", headers={"if-none-match": known.headers["etag"]})

    assert gone.status_code == 410
    assert html.fromstring(gone.text).get("lang") == "ur"
    assert "0456" not in gone.text
    assert briefing.slug not in web.get("/en-GB/").text + web.get("/sitemap.xml").text
    assert web.get("/media/" + "a1" * 16 + ".jpg").status_code == 404


def test_a_corrected_page_says_when(web: httpx.Client, source: MemorySite) -> None:
    briefing = sample_briefing()
    source.publish(briefing, briefing.publish_at.replace(day=8), corrects=True)

    root = page(web, f"/en-GB/{BRIEFING}/")

    assert "This briefing was corrected on 8 November 2026." in root.text_content()
    assert "Published on 6 November 2026" in root.text_content()


def test_pictures_of_published_briefings_are_served_and_no_others(web: httpx.Client) -> None:
    shown = web.get("/media/" + "a1" * 16 + ".jpg")

    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert "immutable" in shown.headers["cache-control"]
    assert web.get("/media/" + "b2" * 16 + ".jpg").status_code == 404
    assert web.get("/media/..%2f..%2fetc%2fpasswd").status_code == 404


@pytest.mark.parametrize("path", ["/", f"/ur/{BRIEFING}/", "/feeds/riverside/ur.atom", "/nothing", f"/u/{TOKEN}"])
def test_every_answer_has_the_security_headers(web: httpx.Client, path: str) -> None:
    headers = web.get(path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_a_wrong_method_is_answered_with_a_page(web: httpx.Client) -> None:
    answer = web.post("/ur/")

    assert answer.status_code == 405
    assert answer.headers["allow"]
    assert html.fromstring(answer.text).get("lang") == "ur"


def test_an_unforeseen_error_is_answered_with_a_page(web: httpx.Client, source: MemorySite) -> None:
    source.publications[BRIEFING].pages["ta"] = None  # type: ignore[assignment]

    answer = web.get(f"/ta/{BRIEFING}/")

    assert answer.status_code == 500
    assert html.fromstring(answer.text).get("lang") == "ta"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_site_map_names_every_edition_in_all_its_languages(web: httpx.Client) -> None:
    root = html.etree.fromstring(web.get("/sitemap.xml").content)

    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    urls = {url.findtext("s:loc", namespaces=names): url for url in root.findall("s:url", names)}
    editions = {address: url for address, url in urls.items() if "/2026-11-" in address}
    assert len(editions) == len(LOCALES) + 2
    assert {len(url.findall("x:link", names)) for url in editions.values()} == {len(LOCALES) + 1, 3}


def test_the_service_says_that_it_is_well(web: httpx.Client) -> None:
    assert web.get("/healthz").json() == {"status": "ok"}
    assert "Disallow: /u/" in web.get("/robots.txt").text


def test_the_start_page_asks_the_newest_question_of_each_region(web: httpx.Client) -> None:
    home = page(web, "/ta/")

    asked = home.xpath("//div[@class='open-question']")
    # the other region's briefing is not published in Tamil: its question is asked in English, and says so
    links = {str(link): section for section in asked for link in section.xpath(".//a/@href")}
    assert sorted(links) == [f"/en-GB/respond/{other_briefing().id}", f"/ta/respond/{BRIEFING}"]
    assert links[f"/en-GB/respond/{other_briefing().id}"].xpath("./p[@class='asked']/@lang") == ["en-GB"]
    assert all(section.xpath(".//a/@aria-describedby") == section.xpath("./p/@id") for section in asked)


def test_the_ways_through_the_site_say_where_one_is(web: httpx.Client) -> None:
    ways = {
        path: page(web, path).xpath("//nav[@class='ways']//a[@aria-current]/@href") for path in ("/ur/", "/u/wrong")
    }

    assert ways == {"/ur/": ["/ur/"], "/u/wrong": []}


@pytest.mark.parametrize(("drawing", "status", "shown"), [("<svg xmlns='own'/>", 200, 1), ("", 404, 0)])
def test_a_borough_has_its_own_mark_or_none(
    stage: Stage, tmp_path: Path, drawing: str, status: int, shown: int
) -> None:
    own = tmp_path / "templates" / "web"
    own.mkdir(parents=True)
    (own / "brand.svg").write_text(drawing)
    templates = environment([tmp_path / "templates", CHECKOUT / "templates"])
    stage.app = create_app(MemorySite(sample_site()), sample_site(), templates)

    with httpx.Client(base_url=stage.url, timeout=10) as web:
        marks = page(web, "/en-GB/").xpath("//header//img")
        answer = web.get("/static/brand.svg")

    assert (len(marks), answer.status_code) == (shown, status)
    if shown:
        assert marks[0].get("alt") == ""
        assert (answer.text, answer.headers["content-type"]) == (drawing, "image/svg+xml")


def test_a_borough_looks_like_itself_by_one_file_of_its_own(stage: Stage, tmp_path: Path) -> None:
    own = tmp_path / "templates" / "web"
    own.mkdir(parents=True)
    (own / "brand.css").write_text(":root { --brand: #123456; }\n")
    templates = environment([tmp_path / "templates", CHECKOUT / "templates"])
    stage.app = create_app(MemorySite(sample_site()), sample_site(), templates)

    with httpx.Client(base_url=stage.url, timeout=10) as web:
        link = html.fromstring(web.get("/en-GB/").text).xpath("//link[@rel='stylesheet']/@href")[0]
        style = web.get(link).text

    own_at = style.index(":root { --brand: #123456; }")
    assert style.index("--brand: #0c4a50") < own_at, "what comes later counts"
    assert re.findall(r"--brand: (#[0-9a-f]{6})", style)[-1] == "#123456", "by night too"
    assert own_at < style.index(".skip")


def test_a_brand_that_was_copied_before_there_were_further_colours_lacks_none(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    shipped = (CHECKOUT / "templates" / "web" / BRAND).read_text("utf-8")
    old = "".join(line for line in shipped.splitlines(keepends=True) if "--urgent" not in line)
    (tmp_path / "web" / BRAND).write_text(old.replace("#0c4a50", "#123456"))

    style = look(environment([tmp_path, CHECKOUT / "templates"])).stylesheet

    assert set(re.findall(r"var\((--[a-z-]+)", style)) <= set(re.findall(r"(--[a-z-]+):", style))
    assert "--urgent" not in old
    assert "--urgent: #a11d1d" in style
    assert re.findall(r"--brand: (#[0-9a-f]{6})", style)[-2:] == ["#123456", "#0a3338"], "by day and by night"


def test_a_folder_of_templates_without_the_look_is_told_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"web/brand\.css is in none of: .*/web"):
        look(environment([tmp_path]))


@pytest.mark.parametrize("path", ["/", "/ur/", "/en-GB/privacy", "/ta/subscribe", "/u/wrong"])
def test_search_is_one_step_away_from_every_page(web: httpx.Client, path: str) -> None:
    root = page(web, path)

    links = root.xpath("//nav[@class='ways']//a[contains(@href, '#')]/@href")

    assert [link.partition("/archive")[2] for link in links] == ["#q"]


def test_a_region_lists_all_its_briefings_page_by_page(web: httpx.Client, source: MemorySite) -> None:
    sample = sample_briefing()
    for number in range(40):
        at = sample.publish_at - timedelta(days=number + 1)
        source.publish(replace(sample, slug=f"{at:%Y-%m-%d}-one", publish_at=at))

    listed, path, pages = [], "/ur/riverside/", []
    while path:
        root = page(web, path)
        listed += root.xpath("//ul[@class='briefings']//h3/a/@href")
        pages.append((path, root.xpath("//link[@rel='canonical']/@href"), root.xpath("//a[@rel='prev']/@href")))
        path = root.xpath("string(//nav[@class='paging']/a[@rel='next']/@href)")

    assert len(listed) == len(set(listed)) == 41
    host = sample_site().public_url
    assert pages == [
        ("/ur/riverside/", [f"{host}/ur/riverside/"], []),
        ("/ur/riverside/?page=2", [f"{host}/ur/riverside/?page=2"], ["/ur/riverside/"]),
        ("/ur/riverside/?page=3", [f"{host}/ur/riverside/?page=3"], ["/ur/riverside/?page=2"]),
    ]
    assert f"{host}/bg/riverside/?page=3" in root.xpath("//link[@rel='alternate'][@hreflang='bg']/@href")
    assert root.xpath("//nav[@class='languages']//a[@lang='bg']/@href") == ["/bg/riverside/?page=3"]


@pytest.mark.parametrize("number", ["2", "0", "9" * 5000])
def test_a_page_of_a_region_that_is_not_there_is_not_found(web: httpx.Client, number: str) -> None:
    assert web.get(f"/en-GB/riverside/?page={number}").status_code == 404
