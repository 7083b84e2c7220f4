"""Hostile and broken files: refused in one line, quickly, with nothing fetched and nothing taken."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest

from briefings.model.errors import InvalidInput
from briefings.translation.exchange.files import FORMATS, format_of, read_bytes, write_bytes
from briefings.translation.exchange.units import MAX_BYTES, Unit, same_language
from tests.translation.exchange.material import sample, shipped

XML = ("xliff", "tmx")
BODY = {
    "xliff": '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en" trgLang="ro">'
    '<file id="f"><unit id="u"><segment state="translated"><source>a</source><target>&x;</target></segment>'
    "</unit></file></xliff>",
    "tmx": '<tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>a</seg></tuv>'
    '<tuv xml:lang="ro"><seg>&x;</seg></tuv></tu></body></tmx>',
}


def refusal(name: str, data: bytes) -> str:
    """Return the one line with which a file is refused."""
    with pytest.raises(InvalidInput) as refused:
        FORMATS[name].read(data, "file", "ro", "en-GB")
    assert len(refused.value.problems) == 1
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_read_files_are_refused(name: str, encoding: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret words")
    uri = (tmp_path / "secret").as_uri()
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE r [<!ENTITY x SYSTEM "{uri}">]>{BODY[name]}'

    said = refusal(name, text.encode(encoding))

    assert said.startswith("file:2: declares entities")
    assert "secret words" not in said


@pytest.mark.parametrize("name", XML)
def test_entities_that_fill_the_memory_are_refused(name: str) -> None:
    laughs = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<!DOCTYPE r [<!ENTITY x0 "ha">{laughs}<!ENTITY x "&x11;">]>{BODY[name]}'
    started = time.process_time()

    said = refusal(name, text.encode())

    assert said.startswith("file:1: declares entities")
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize("doctype", ['SYSTEM "URL"', 'PUBLIC "-//LISA//DTD TMX//EN" "URL"'])
def test_a_dtd_elsewhere_is_never_fetched(name: str, doctype: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a>b[.dtd"
        text = f"<!DOCTYPE r {doctype.replace('URL', address)}>{BODY[name].replace('&x;', 'b')}"

        found, problems = FORMATS[name].read(text.encode(), "file", "ro", "en-GB")

        assert ([unit.target for unit in found], problems) == (["b"], [])
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("name", XML)
def test_an_entity_that_only_a_dtd_elsewhere_could_know_refuses_its_row(name: str) -> None:
    text = f'<!DOCTYPE r SYSTEM "tmx14.dtd">{BODY[name]}'.replace("<source>a", "<source>a&x;")

    try:
        found, problems = FORMATS[name].read(text.encode(), "file", "ro", "en-GB")
    except InvalidInput as error:
        found, problems = [], list(error.problems)

    assert found == []
    assert len(problems) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_25_mib_is_refused_before_it_is_parsed(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"big.{name}"
    with path.open("wb") as file:
        file.truncate(25 * 1024 * 1024)

    data = read_bytes(path)

    assert len(data) == MAX_BYTES + 1
    assert refusal(name, data) == "file: is larger than 20 MiB: split it into several files"


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_truncated_file_gives_nothing(name: str, part: float) -> None:
    data = FORMATS[name].write(shipped("ro"), "ro", "en-GB")

    cut = data[: int(len(data) * part)].decode(errors="ignore")  # between two letters

    said = refusal(name, cut.encode())

    assert "not whole, well-formed XML" in said
    assert said.split(":")[1].isdigit()


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!DOCTYPE html>\n<html><body><p>Sign in</p></body></html>", "it is <html>"),
        ("<!doctype html>\n<html><body><br></body></html>", "not whole, well-formed XML"),
        ("Sign in to continue", "not whole, well-formed XML"),
        ('{"error": "no"}', "not whole, well-formed XML"),
        ('<?xml version="1.0" encoding="utf-7"?><tmx/>', "is encoded in utf-7"),
        ("<a>" * 5000, "not whole, well-formed XML"),
        ("", "is empty"),
    ],
)
def test_what_is_something_else_is_refused(name: str, text: str, said: str) -> None:
    assert said in refusal(name, text.encode())


def test_a_web_page_given_as_po_is_refused_row_by_row() -> None:
    found, problems = FORMATS["po"].read(b"<html>\n<body>\n\n<p>Sign in</p>\n</body>", "file", "ro", "en-GB")

    assert found == []
    assert [problem.line for problem in problems] == [1, 4]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("noise", [b"\xff\xfe", b"\x00", b'"<&\\', b"\r\n\r#~ "])
def test_noise_anywhere_is_refused_or_read_and_never_crashes_a_reader(name: str, noise: bytes) -> None:
    good = FORMATS[name].write(shipped("ta")[:5], "ta", "en-GB")
    refused = read = 0

    for position in range(0, len(good), 23):
        try:
            FORMATS[name].read(good[:position] + noise + good[position + 2 :], "file", "ta", "en-GB")
            read += 1
        except InvalidInput:
            refused += 1

    assert read + refused == len(range(0, len(good), 23))
    assert refused or name == "po"


def test_a_file_is_known_by_its_ending() -> None:
    names = ("a.po", "a.XLF", "a.sdlxliff", "a.mqxliff", "a.tmx", "a.txt")

    assert [format_of(Path(name)).name for name in names] == ["po", "xliff", "xliff", "xliff", "tmx", "po"]


def test_a_file_that_cannot_be_written_leaves_the_older_one(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    path = tmp_path / "out.po"
    write_bytes(path, b"old")

    with pytest.raises(InvalidInput, match="cannot be written"):
        write_bytes(tmp_path / "folder", b"new")
    write_bytes(path, b"new")

    assert path.read_bytes() == b"new"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", "out.po"]


MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("po", 'msgid "' + "a\\n" * (4 * MIB) + '"\nmsgstr "b"\n'),
        ("po", 'msgid "' + "a" * (16 * MIB)),
        ("po", "#, " * (5 * MIB)),
        ("po", 'msgid "a"\nmsgstr "b"\n' * (MIB // 4)),
        ("tmx", "<?xml " * (3 * MIB)),
        ("tmx", "<!-- -" * (3 * MIB)),
        ("xliff", BODY["xliff"].replace("&x;", "<mrk>" * 200_000)),
    ],
    ids=["escapes", "no end", "flags", "the same row", "declarations", "comment", "depth"],
)
def test_large_nonsense_is_dealt_with_quickly(name: str, text: str) -> None:
    started = time.process_time()

    with suppress(InvalidInput):
        FORMATS[name].read(text.encode(), "file", "ro", "en-GB")

    assert time.process_time() - started < 15


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("es", "es-ES", True),
        ("pt-PT", "pt_pt", True),
        ("pt-PT", "pt-BR", False),
        ("pa", "pa-Guru-IN", True),
        ("pa", "pa-Arab-PK", False),
        ("ur", "hi", False),
        ("ur", "no language", False),
    ],
)
def test_tags_of_other_tools_are_matched_by_what_they_mean(one: str, other: str, same: bool) -> None:
    assert same_language(one, other) is same
    assert same_language(other, one) is same


@pytest.mark.parametrize("digits", ["D800", "110000", "-1", "", "x", "1" * 5000])
def test_what_is_no_character_refuses_its_row(digits: str) -> None:
    text = BODY["xliff"].replace("&x;", f'<cp hex="{digits}"/>')

    found, problems = FORMATS["xliff"].read(text.encode(), "file", "ro", "en-GB")

    assert found == []
    assert "is no character" in str(problems[0])


def test_long_files_keep_their_line_numbers() -> None:
    text = sample("memoq.mqxliff").replace("<body>", "<body>" + "\n" * 100_000).replace(' mq:status="STATUS"', "")

    (unit,), _ = FORMATS["xliff"].read(text.encode(), "file", "ta", "en-GB")

    assert isinstance(unit, Unit)
    assert unit.line == 100_003
