"""PO as Poedit writes it: taken right, or refused with the row. Ours is read by polib and msgfmt."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from hypothesis import given, settings

from briefings.model.edition import SegmentState
from briefings.model.errors import InvalidInput
from briefings.model.language import catalog_name
from briefings.translation.exchange import po
from briefings.translation.exchange.units import Unit
from tests.conftest import missing
from tests.translation.exchange.material import LOCALES, sample, shipped, units

POEDIT = sample("poedit.po")


def read(data: bytes | str, locale: str = "ro") -> tuple[list[Unit], list[str]]:
    found, problems = po.read(data if isinstance(data, bytes) else data.encode(), "a.po", locale, "en-GB")
    return found, [str(problem) for problem in problems]


def test_a_file_of_poedit_is_read_row_by_row() -> None:
    found, problems = read(POEDIT)

    first, fuzzy, empty, last = found
    assert (
        first.source == "Residents told us about bicycles that were stolen, and about bicycle parts that were stolen.\n"
    )
    assert first.target.endswith('piese de bicicletă "furate".\n')
    assert first.places == ("north/a#section/0/1", "north/b#section/2/0", "south/c#section/1/1")
    assert (first.state, first.line, first.note) == (SegmentState.TRANSLATED, 23, "section: Streets")
    assert (fuzzy.state, fuzzy.target) == (SegmentState.INITIAL, "Întrebare veche")
    assert (empty.state, empty.target) == (SegmentState.INITIAL, "")
    assert (last.source, last.target) == ("Last", "Ultimul")
    assert problems == ["a.po:38: has plural forms, and no text of a briefing has them"]
    assert po.obsolete(POEDIT.encode(), "a.po") == 2


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_line_ends_and_byte_order_marks_change_nothing(ending: str, encoding: str) -> None:
    found, problems = read(POEDIT.replace("\n", ending).encode(encoding))

    assert (found, problems) == read(POEDIT)


def test_another_charset_is_read_as_the_header_names_it() -> None:
    text = POEDIT.replace("UTF-8", "ISO-8859-2").replace("și", "si").replace("bicicletă", "bicicletă")

    found, _ = read(text.encode("iso-8859-2"))

    assert "bicicletă" in found[0].target


def test_the_order_of_the_rows_does_not_matter() -> None:
    header, *rows = POEDIT.split("\n\n")
    turned = "\n\n".join([header, *reversed(rows)])

    found, problems = read(turned)

    assert {(unit.source, unit.target) for unit in found} == {(unit.source, unit.target) for unit in read(POEDIT)[0]}
    assert len(problems) == 1


def test_rows_without_blank_lines_between_them_are_rows_all_the_same() -> None:
    found, problems = read('msgid "a"\nmsgstr "b"\n# c\nmsgid "d"\nmsgstr "e"\nmsgid "f"\nmsgstr "g"\n')

    assert [(unit.source, unit.target, unit.line) for unit in found] == [("a", "b", 1), ("d", "e", 4), ("f", "g", 6)]
    assert problems == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('msgid "a\nmsgstr "b"\n', "a.po:5: not a PO entry: cannot read '\"a'"),
        ('msgid "a"\nmsgid "b"\nmsgstr "c"\n', "a.po:6: not a PO entry: has msgid twice"),
        ('msgid "a"\n', "a.po:5: not a PO entry: it has no msgid or no msgstr"),
        ('msgstr "a"\n', "a.po:5: not a PO entry: it has no msgid or no msgstr"),
        ('#, fuzzy\n<<<<<<< mine\nmsgid "a"\nmsgstr "b"\n', "a.po:6: not a PO entry: cannot read '<<<<<<< mine'"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_the_others_go_on(row: str, said: str) -> None:
    found, problems = read(f'\nmsgid "before"\nmsgstr "x"\n\n{row}\nmsgid "after"\nmsgstr "y"\n')

    assert [unit.source for unit in found] == ["before", "after"]
    assert problems == [said]


def test_a_changed_translation_loses_what_was_said_of_the_old_one() -> None:
    unit = Unit("Call 101.", "Sunați la 101.", SegmentState.FINAL, author="Ana", reviewer="Ion")
    sent = po.write([unit], "ro", "en-GB").decode()

    (same,), _ = read(sent)
    (changed,), _ = read(sent.replace("Sunați", "Telefonați"))

    assert (same.state, same.reviewer) == (SegmentState.FINAL, "Ion")
    assert (changed.state, changed.reviewer, changed.author) == (SegmentState.TRANSLATED, "", "")


def test_a_machine_text_that_a_person_marked_done_is_translated() -> None:
    unit = Unit("Call 101.", "Sunați la 101.", SegmentState.MACHINE, origin="engine", author="pseudo")
    sent = po.write([unit], "ro", "en-GB").decode()

    (done,), _ = read(sent.replace("#, fuzzy\n", ""))

    assert (done.state, done.origin) == (SegmentState.TRANSLATED, "")


def test_a_catalog_whose_header_says_reviewed_is_reviewed() -> None:
    (unit,), _ = read('msgid ""\nmsgstr "X-Review-Status: reviewed\\n"\n\nmsgid "a"\nmsgstr "b"\n')

    assert unit.state is SegmentState.REVIEWED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POEDIT.replace("Language: ro", "Language: bg"), "a.po:2: is a translation into bg, not ro"),
        ('msgid ""\nmsgstr "X-Source-Language: fr\\n"\n', "a.po:1: is a translation from fr, and"),
        ('msgid ""\nmsgstr "Content-Type: text/plain; charset=big5\\n"\n', "a.po: its header names the charset big5"),
        ("", "a.po: is empty"),
    ],
)
def test_a_file_of_another_language_or_charset_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(text)

    assert str(refused.value).startswith(said)
    assert len(refused.value.problems) == 1


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    with pytest.raises(InvalidInput, match=r"a\.po:2: not UTF-8 text"):
        read(b'msgid "a"\nmsgstr "\xff\xfe"\n')


@given(sent=units)
@settings(max_examples=100, deadline=None)
def test_polib_reads_what_we_write(sent: list[Unit]) -> None:
    # polib knows no octal escapes, and takes other line separators of Unicode for line ends.
    foreign = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
    plain = [
        u for u in sent if not foreign.search("".join((u.source, u.target, u.note, *map(str, u.suggestion or ()))))
    ]

    catalog = polib.pofile(po.write(plain, "ur", "en-GB").decode())

    assert [entry.msgid for entry in catalog] == [unit.source for unit in plain]
    for entry, unit in zip(catalog, plain, strict=True):
        assert entry.msgstr == (unit.target or (unit.suggestion or ("", "", 0))[1])
        assert tuple(place for place, _ in entry.occurrences) == unit.places


@pytest.mark.parametrize("locale", LOCALES)
def test_polib_and_msgfmt_accept_the_shipped_translations(locale: str, tmp_path: Path) -> None:
    path = tmp_path / "out.po"
    sent = shipped(locale)
    path.write_bytes(po.write(sent, locale, "en-GB"))

    catalog = polib.pofile(str(path))

    assert {entry.msgid: entry.msgstr for entry in catalog} == {unit.source: unit.target for unit in sent}
    assert catalog.metadata["Language"] == catalog_name(locale)
    if shutil.which("msgfmt") is None:
        missing("msgfmt is not installed (Debian package gettext)")
    checked = subprocess.run(
        ["msgfmt", "--check", "--statistics", "-o", "/dev/null", path], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert f"{len(sent)} translated messages" in checked.stderr
