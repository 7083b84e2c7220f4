"""MJML: its guards, and the folding of lines."""

from __future__ import annotations

from html import escape
from pathlib import Path

import html5lib
import lxml.html
import pytest

from briefings.rendering.mjml import _TAG, KNOWN_TAGS, MjmlError, breakable, folded, to_html

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "email"


def mail(text: str) -> str:
    return f"<mjml><mj-body><mj-section><mj-column><mj-text>{text}</mj-text></mj-column></mj-section></mj-body></mjml>"


def test_a_tag_that_the_converter_would_drop_is_refused_by_name() -> None:
    source = mail("Text").replace("mj-text", "mj-txet")

    with pytest.raises(MjmlError, match="mj-txet"):
        to_html(source, "ltr")


def test_templates_use_known_tags_only() -> None:
    sources = [path.read_text() for path in TEMPLATES.glob("*.mjml.j2")]

    tags = {tag for source in sources for tag in _TAG.findall(source)}

    assert sources
    assert tags <= KNOWN_TAGS


def test_every_known_tag_is_one_that_the_converter_keeps() -> None:
    source = mail("Kept").replace("<mj-body>", "<mj-head><mj-title>Title</mj-title></mj-head><mj-body>")

    html = to_html(source, "ltr")

    assert "Kept" in html
    assert "<title>Title</title>" in html


@pytest.mark.parametrize("title", ["தெற்குப் பகுதியில் வீடு", "میں پَڑھ رہا ہوں", "ਲਾਈਟਾਂ", 'A "safer" park & café \\ more'])
def test_a_screen_reader_is_given_the_title_and_what_a_picture_shows_as_they_are(title: str) -> None:
    head = f"<mj-head><mj-title>{escape(title)}</mj-title></mj-head><mj-body>"
    picture = f'<mj-image src="https://example.org/a.png" alt="{escape(title)}" />'
    source = mail("Text").replace("<mj-body>", head).replace("<mj-text>", f"{picture}<mj-text>")

    document = lxml.html.fromstring(to_html(source, "ltr"))

    assert document.xpath("//@aria-label") == [title]
    assert document.xpath("//@alt") == [title]


def test_a_panic_of_the_converter_becomes_our_error() -> None:
    source = mail("é > unescaped")

    with pytest.raises(MjmlError):
        to_html(source, "ltr")


def test_broken_mjml_becomes_our_error() -> None:
    source = mail("Text").replace("</mj-text>", "")

    with pytest.raises(MjmlError):
        to_html(source, "ltr")


def test_no_font_is_fetched() -> None:
    source = mail("Text").replace("<mj-text>", '<mj-text font-family="Roboto, Open Sans">')

    html = to_html(source, "ltr")

    assert "fonts.googleapis" not in html
    assert "@import" not in html


def test_tables_and_cells_say_their_direction_in_right_to_left_mail() -> None:
    source = mail('Text<table role="presentation"><tr><td dir="ltr">101</td></tr></table>')

    document = html5lib.parse(to_html(source, "rtl"), namespaceHTMLElements=False)

    cells = [*document.iter("td"), *document.iter("table")]
    assert cells
    assert all(cell.get("dir") in ("rtl", "ltr") for cell in cells)
    assert [cell.text for cell in cells if cell.get("dir") == "ltr"] == ["101"]


def test_long_lines_are_folded_at_spaces_and_say_the_same() -> None:
    text = "தொலைபேசித் திருட்டு " * 200

    html = folded(f"<p class='a' id='b'>{text}</p>")

    assert max(len(line.encode()) for line in html.split("\n")) <= 998
    assert html.replace("\n", " ") == f"<p class='a' id='b'>{text}</p>"


def test_folding_leaves_style_alone_because_a_css_string_may_not_be_broken() -> None:
    style = "style=\"font-family:'Noto Sans','Noto Sans Tamil'\""

    html = folded("word " * 178 + f"<p {style}>" + "word " * 400)

    assert style in html


def test_a_very_long_word_may_break_without_a_space() -> None:
    word = "字" * 1500

    html = folded(f"<p>{breakable(word)}</p>")

    document = html5lib.parse(html, namespaceHTMLElements=False)
    assert "".join(document.itertext()).strip() == word
    assert max(len(line.encode()) for line in html.split("\n")) <= 998


def test_long_addresses_in_tags_and_entities_are_not_broken() -> None:
    link = f'<a href="https://exampleton.example/{"x" * 200}">{"&amp;" * 200}</a>'

    html = breakable(link)

    assert f'"https://exampleton.example/{"x" * 200}"' in html
    assert html.replace("<wbr />", "") == link
    assert "&<wbr" not in html
