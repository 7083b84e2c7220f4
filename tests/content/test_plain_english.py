"""Advice on plain English: what it finds and where, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefings.cli import main
from briefings.content.plain_english import review
from briefings.content.plainer_words import PLAINER
from briefings.content.readability import measure, sentences, syllables, words
from briefings.settings import CHECKOUT

FRONT = """\
---
title: Safer evenings
summary: We patrol the park.
images:
  - src: lamp.png
    alt: {alt}
easy_read:
  - We patrol.
  - {easy}
---
## {heading}

{body}
"""


def advised(
    body: str = "We patrol.", alt: str = "A lamp.", easy: str = "Call 101.", heading: str = "What we did"
) -> list[tuple[int, str, str]]:
    found, _ = review("a.md", FRONT.format(body=body, alt=alt, easy=easy, heading=heading))
    return [(item.line, item.id, item.message) for item in found]


@pytest.mark.parametrize(
    ("changed", "line", "kind", "says"),
    [
        ({"body": "We walk. " + "We walk and walk " * 6 + "on."}, 13, "sentence.long", "25 words is long"),
        ({"body": "We walk.\n" + "We walk and walk " * 6 + "on and on."}, 14, "sentence.too-long", "27 words"),
        ({"easy": "They utilise tools."}, 9, "word.hard", "'utilise': write 'use'"),
        ({"body": "- We look.\n- Thefts in the vicinity of it."}, 14, "word.hard", "write 'near'"),
        ({"body": "We saw thefts in the\nvicinity of it."}, 13, "word.hard", "'in the vicinity of': write 'near'"),
        ({"body": "We act on ASB."}, 13, "word.hard", "'ASB': write 'anti-social behaviour'"),
        ({"body": "Ask the LPO. The LPO knows."}, 13, "word.short-form", "LPO is not explained"),
        ({"body": "[Click here](https://a.example) to read."}, 13, "link.text", "'Click here' does not say"),
        ({"body": "Look at https://a.example/b now."}, 13, "link.bare", "https://a.example/b"),
        ({"body": "[https://a.example](https://a.example)"}, 13, "link.bare", "is an address"),
        ({"body": "[Help](https://a.example)\n\n[Help](https://b.example)"}, 15, "link.same-text", "two pages"),
        ({"alt": "Image of a lamp"}, 6, "alt.image-of", "say only what is to be seen"),
        ({"alt": "IMG_2041.jpg"}, 6, "alt.file-name", "IMG_2041.jpg"),
        ({"alt": "A lamp by a path. " * 9}, 6, "alt.long", "150 are the most"),
        ({"heading": "What we did in the park this week and what we will all do next week {audience: everyone}"}, 11,
         "heading.long", "67 letters"),
        ({"body": "It was closed. He was seen. They were told. It was taken."}, 13, "voice.passive", "4 of 7"),
    ],
)  # fmt: skip
def test_what_could_be_plainer_is_named_with_its_line(changed: dict[str, str], line: int, kind: str, says: str) -> None:
    found = advised(**changed)

    assert [(item[0], item[1]) for item in found] == [(line, kind)]
    assert says in found[0][2]


@pytest.mark.parametrize(
    "body",
    [
        "The Local Patrol Office (LPO) is open. Ask the LPO.",
        "Write down its IMEI. This is a number.",
        "We met at St. James, 12 Mill Rd. We talked.",
        "The council repaired it. It was closed for a day.",
        "Read [our safety page](https://a.example) and [our safety page](https://a.example).",
        "The CCTV in E17 4JF works. UK law says so.",
        "We observatory.",
    ],
)
def test_what_is_plain_is_left_alone(body: str) -> None:
    assert advised(body) == []


def test_a_text_that_is_hard_to_read_says_its_reading_age() -> None:
    body = "Considerable organisational representation necessitates institutional accountability mechanisms. " * 3

    found, measures = review("a.md", FRONT.format(body=body, alt="A lamp.", easy="Call 101.", heading="Why"))

    assert [(item.line, item.id) for item in found] == [(1, "reading.age")]
    assert measures.reading_age > 20
    assert f"the reading age is {measures.reading_age}" in str(found[0])


@pytest.mark.parametrize(
    ("word", "count"),
    [("patrol", 2), ("stopped", 1), ("wanted", 2), ("police", 2), ("places", 2), ("little", 2), ("being", 2),
     ("emergency", 4), ("neighbourhood", 3), ("investigation", 5), ("area", 3), ("101", 1), ("the", 1), ("agree", 2)],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_reading_age_follows_flesch_and_kincaid() -> None:
    measures = measure(["The police patrol the park. They call 101."])

    assert (measures.words, measures.sentences, measures.syllables) == (8, 2, 10)
    assert measures.average_sentence == 4.0
    assert measures.reading_age == round(0.39 * 4 + 11.8 * 10 / 8 - 15.59 + 5, 1)
    assert (measure([]).reading_age, measure([]).average_sentence) == (0, 0)


def test_an_abbreviation_ends_no_sentence_and_an_address_is_one_word() -> None:
    text = 'Meet us at St. James at 7.30 p.m. "Come!" Then write to a@b.example.'

    assert [sentence for _start, sentence in sentences(text)] == [
        'Meet us at St. James at 7.30 p.m. "Come!',
        "Then write to a@b.example.",
    ]
    assert len(words("Write to a@b.example by 7.30 p.m. on E17 4JF")) == 9


def test_the_list_of_plainer_words_helps() -> None:
    assert len(PLAINER) >= 60
    assert all(plainer.lower() != word.lower() and plainer for word, plainer in PLAINER.items())


@pytest.mark.parametrize("text", ["", "no front matter", "---\ntitle: x", "---\n: [\n---\n## x\n", "---\n- a\n---\n"])
def test_a_file_that_is_no_briefing_has_no_advice(text: str) -> None:
    found, measures = review("a.md", text)

    assert (found, measures.words <= 1) == ([], True)


def test_the_samples_need_no_advice() -> None:
    files = sorted((CHECKOUT / "content" / "briefings").rglob("*.md"))

    reviews = [review(file.name, file.read_text(encoding="utf-8")) for file in files]

    assert [str(item) for found, _ in reviews for item in found] == []
    assert [9 <= measures.reading_age <= 12 for _, measures in reviews if measures.words] == [True] * 3


@pytest.fixture
def borough(tmp_path: Path) -> Path:
    """A borough with one sound briefing that could be plainer."""
    folder = tmp_path / "content" / "briefings" / "east"
    folder.mkdir(parents=True)
    (tmp_path / "content" / "places.yaml").write_text(
        "borough: {code: E1, name: Otherham, timezone: Europe/London, source_locale: en-GB}\n"
        "locales: [en-GB, pl]\nregions: {east: {name: East}}\nwards: {}\n"
    )
    (folder / "2026-11-20-lamps.md").write_text(
        "---\ntitle: Lamps\nregion: east\nperiod: {from: 2026-11-13, to: 2026-11-19}\n"
        'publish_at: "2026-11-20 09:00"\nseverity: routine\nauthor: Team\nsummary: We utilise lamps.\n---\n'
        "## Lamps\n\nThe lamps work.\n"
    )
    return tmp_path


def checked(root: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", *options], env={"BRIEFINGS_ROOT": str(root)})
    return result.exit_code, result.output


def test_check_prints_advice_and_a_table_and_never_fails_for_them(borough: Path) -> None:
    code, said = checked(borough)

    assert code == 0
    assert "advice: content/briefings/east/2026-11-20-lamps.md:8: 'utilise': write 'use'" in said
    assert "reading age" in said
    assert "1 briefings can be read, 0 faults" in said


def test_check_says_nothing_of_plain_english_where_nobody_asks_or_the_source_is_not_english(borough: Path) -> None:
    quiet = checked(borough, "--no-advice")
    places = borough / "content" / "places.yaml"
    places.write_text(places.read_text().replace("source_locale: en-GB", "source_locale: pl"))
    polish = checked(borough)

    assert quiet == polish == (0, "1 briefings can be read, 0 faults\n")


def test_check_gives_advice_as_json_too(borough: Path) -> None:
    code, said = checked(borough, "--json")

    report = json.loads(said)
    name = "east/2026-11-20-lamps"
    assert code == 0
    assert report["advice"] == [
        {
            "path": f"content/briefings/{name}.md",
            "line": 8,
            "message": "'utilise': write 'use'",
            "id": "word.hard",
        }
    ]
    assert report["plain_english"][name]["words"] == 6
    assert set(report["plain_english"][name]) == {"words", "sentences", "average_sentence", "reading_age"}
