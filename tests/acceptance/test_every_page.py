"""Every page of the shipped borough's site, in all of its languages: valid HTML that says which language it is in."""

from __future__ import annotations

import html5lib
import pytest
from lxml import html

from briefings.model.language import direction
from tests.acceptance.command import Installation, with_public_url
from tests.acceptance.site_names import LOCALES, NAMES
from tests.acceptance.whole_site import Whole, whole_site
from tests.web.every_page import Shown, kind
from tests.web.foreign_words import latin_words, latin_words_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole(shipped_ready: Installation, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return whole_site(with_public_url(shipped_ready.copy(tmp_path_factory.mktemp("pages"))), LOCALES)


@pytest.fixture(scope="module")
def every_page(whole: Whole) -> list[Shown]:
    return whole.pages


def test_every_link_leads_somewhere_and_nothing_fails(every_page: list[Shown]) -> None:
    followed = {page.name: page.answer.status_code for page in every_page if page.name.startswith("/")}

    assert len(followed) > 500
    assert {path: status for path, status in followed.items() if status != 200} == {}
    assert [page.name for page in every_page if page.answer.status_code >= 500] == []


def test_mistakes_are_told_by_their_status(every_page: list[Shown]) -> None:
    statuses = {(page.name, page.answer.status_code) for page in every_page if not page.name.startswith("/")}

    not_fine = {name: status for name, status in statuses if status != 200}
    assert len(statuses) == len(dict(statuses)), "the same in every language"
    assert not_fine == {
        "withdrawn": 410,
        "not found": 404,
        "no such address": 404,
        "no such ward": 404,
        "old unsubscribe link": 404,
        "old link to confirm": 404,
        "old link to preferences": 404,
        "an empty answer": 422,
        "an empty sign-up": 422,
        "an empty wish for a link": 422,
        "no form": 415,
        "another site's form": 403,
        "too large": 413,
        "too long": 414,
        "another method": 405,
        "too many fields": 400,
        "choices refused": 422,
        "pause refused": 422,
        "move refused": 422,
        "nothing meant": 400,
        "own page of one who is erased": 404,
    }


def test_every_page_says_its_language_and_which_way_it_runs(every_page: list[Shown]) -> None:
    wrong = {}
    for page in every_page:
        if not page.is_html or page.name == "/":
            continue
        root = html.fromstring(page.answer.text)
        if (root.get("lang"), root.get("dir")) != (page.locale, direction(page.locale)):
            wrong[page.name, page.locale] = (root.get("lang"), root.get("dir"))

    assert wrong == {}
    assert {page.locale for page in every_page} - {""} == set(LOCALES)


def test_every_kind_of_page_is_valid_html_in_every_language(every_page: list[Shown]) -> None:
    wrong, seen = {}, set()
    for page in every_page:
        which = (kind(page.name.replace(f"/{page.locale}/", "/", 1)), page.locale)
        if not page.is_html or which in seen:
            continue
        seen.add(which)
        try:
            html5lib.HTMLParser(strict=True).parse(page.answer.text)
        except html5lib.html5parser.ParseError as error:
            wrong[which] = str(error)

    assert wrong == {}
    assert len(seen) > 50 * len(LOCALES)


HEADINGS = " or ".join(f"self::h{level}" for level in range(1, 7))
CONTENT_RULES = {
    "a heading in an address": f"//address//*[{HEADINGS}]",
    "a section without a heading": f"//section[not(.//*[{HEADINGS}])]",
    "something to press within another": "//a//a | //a//button | //button//a | //label//label | //summary//a",
    "a form in a form": "//form//form",
    "a list of something else": "//ul/*[not(self::li)] | //ol/*[not(self::li)]",
    "a block in a line": "(//p | //span | //b | //strong | //em)//*[self::div or self::p or self::ul or self::section]",
    "an empty address": "//address[not(*)]",
    "a label of nothing": "//label[@for and not(@for = //@id)]",
    "a picture without words": "//img[not(@alt)]",
    "a day that is none": "//input[@type='date'][@value != ''][translate(@value, '0123456789', '') != '--']",
}
"""What the Nu HTML checker says of content models, and a parser does not. Nothing may be found by any of these."""
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "headers", "list")


def test_what_stands_in_what_is_as_html_allows_it_in_every_language(every_page: list[Shown]) -> None:
    wrong: dict[tuple[str, str], list[str]] = {}
    for page in every_page:
        if page.is_html:
            root = html.fromstring(page.answer.text)
            found = [rule for rule, path in CONTENT_RULES.items() if root.xpath(path)] + _wrong_names(root)
            if found:
                wrong[page.name, page.locale] = found

    assert wrong == {}
    assert _wrong_names(html.fromstring('<p id="a"><b id="a" aria-describedby="b c"></b></p>')) == ["a", "b", "c"]


def _wrong_names(root: html.HtmlElement) -> list[str]:
    """Return ids that stand twice, and those that are pointed to and stand nowhere."""
    ids = [str(name) for name in root.xpath("//@id")]
    pointed = [name for what in REFERENCES for names in root.xpath(f"//@{what}") for name in names.split()]
    anchors = [link[1:] for link in root.xpath("//a/@href") if link.startswith("#")]
    return sorted({name for name in ids if ids.count(name) > 1}) + sorted({*pointed, *anchors} - {*ids})


def test_every_answer_protects_its_reader(every_page: list[Shown]) -> None:
    wanted = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    bare = {}
    for page in every_page:
        headers = page.answer.headers
        missing = [name for name, value in wanted.items() if headers.get(name) != value]
        if missing or "'unsafe" in headers["content-security-policy"] or "set-cookie" in headers:
            bare[page.name] = missing

    assert bare == {}


def test_no_page_runs_a_script_or_has_a_style_of_its_own(every_page: list[Shown]) -> None:
    """The policy would stop them; a page that counts on them would be broken."""
    inline = {}
    for page in every_page:
        if not page.is_html:
            continue
        root = html.fromstring(page.answer.text)
        found = root.xpath("//script[not(@type='application/ld+json')] | //style | //*[@style] | //*[@onclick]")
        elsewhere = root.xpath("//link[@rel='stylesheet'][starts-with(@href, 'http')] | //iframe | //object")
        if found or elsewhere:
            inline[page.name] = [element.tag for element in found + elsewhere]

    assert inline == {}


def test_what_is_about_one_person_is_kept_by_nobody(every_page: list[Shown]) -> None:
    own = [page for page in every_page if not page.name.startswith("/")]

    kept = {page.name for page in own if "no-store" not in page.answer.headers.get("cache-control", "")}

    assert len(own) > 40 * len(LOCALES)
    assert kept <= {"withdrawn"}


OTHER_SCRIPTS = ("bg", "pa", "ta", "ur")


def test_no_page_in_another_script_holds_english_that_it_does_not_say_to_be_english(every_page: list[Shown]) -> None:
    found = {
        (page.name, page.locale): words
        for page in every_page
        if page.locale in OTHER_SCRIPTS and page.is_html and (words := latin_words(page.answer.text, NAMES))
    }

    assert found == {}
    assert latin_words('<html lang="ur"><p>شام <b lang="en-GB">so it is</b> but this</p>') == ["but", "this"]


def test_no_mail_in_another_script_holds_english_that_it_does_not_say_to_be_english(whole: Whole) -> None:
    found = {
        (name, locale): words
        for name, locale, text in whole.mails
        if locale in OTHER_SCRIPTS
        and (words := (latin_words if name.endswith("(html)") else latin_words_of)(text, NAMES))
    }

    assert found == {}
    assert len({name for name, locale, _ in whole.mails if locale == "ur"}) > 5
