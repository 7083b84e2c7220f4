"""What every translation engine keeps to. A new engine is a line in ENGINES."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from briefings.model.errors import OutsideError, Permanent, Refused, Transient
from briefings.translation.engines import Engine, Request, TooManyRequests
from briefings.translation.engines.apertium import ApertiumEngine
from briefings.translation.engines.azure import AzureEngine
from briefings.translation.engines.chat import ChatEngine
from briefings.translation.engines.deepl import DeepLEngine
from briefings.translation.engines.libretranslate import LibreTranslateEngine
from briefings.translation.engines.pseudo import PseudoEngine
from briefings.translation.engines.wire import post
from tests.conftest import missing
from tests.contracts.vendors import VENDORS, Fault, Vendor, query

TIMEOUT = 0.6

REMOTE: dict[str, Callable[[str], Engine]] = {
    "libretranslate": lambda url: LibreTranslateEngine(url, "the-key", TIMEOUT),
    "deepl": lambda url: DeepLEngine("the-key", url, TIMEOUT),
    "azure": lambda url: AzureEngine("the-key", "uksouth", url, TIMEOUT),
    "chat": lambda url: ChatEngine(f"{url}/v1", "a-model", "the-key", TIMEOUT),
}
LOCAL: dict[str, Callable[[], Engine]] = {"apertium": ApertiumEngine, "pseudo": PseudoEngine}


def asking(*texts: str, timeout: float = 20.0, glossary: dict[str, str] | None = None) -> Request:
    return Request(texts, "en-GB", "es", timeout, glossary or {})


@pytest.fixture(params=[*REMOTE, *LOCAL])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    name: str = request.param
    if name in LOCAL:
        local = LOCAL[name]()
        if not local.can_translate("en-GB", "es"):
            missing(f"{name} for English to Spanish is not installed")
        yield local
        return
    with VENDORS[name]().running() as vendor:
        yield REMOTE[name](vendor.url)


@pytest.fixture(params=REMOTE)
def remote(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Vendor]]:
    with VENDORS[request.param]().running() as vendor:
        yield REMOTE[request.param](vendor.url), vendor


class TestEveryEngine:
    def test_says_what_it_is(self, engine: Engine) -> None:
        capabilities = engine.capabilities

        assert engine.name
        assert capabilities.batch_size >= 1
        assert capabilities.batch_characters >= 1_000
        assert engine.can_translate("en-GB", "es")
        assert not engine.can_translate("en-GB", "en-GB")

    def test_answers_in_order(self, engine: Engine) -> None:
        texts = [f"The council repaired {n} lamps" for n in range(12)]

        targets = engine.translate(asking(*texts))

        assert len(targets) == 12
        assert all(f" {n} " in target for n, target in enumerate(targets))

    def test_keeps_lines_of_one_word_apart(self, engine: Engine) -> None:
        targets = engine.translate(asking("cars", "reports", "What we did", "Officers visited the park.", "cars"))

        assert len(targets) == 5
        assert targets[0] == targets[4]

    def test_asks_nothing_for_nothing(self, engine: Engine) -> None:
        assert engine.translate(asking()) == []

    def test_keeps_placeholders(self, engine: Engine) -> None:
        texts = ["Call {0} or see {1}.", "{0}In an emergency:{1} call {2}.", "{0}", "{1}, {0} and {2}"]

        targets = engine.translate(asking(*texts))

        for text, target in zip(texts, targets, strict=True):
            assert all(target.count(f"{{{n}}}") == text.count(f"{{{n}}}") for n in range(3))

    @pytest.mark.parametrize(
        "text",
        [
            "A < B & C > D stay.",
            "The “quoted” word, 'one' and \"two\".",
            "First line.\nSecond line.\r\nThird line.",
            "Zażółć gęślą jaźń ▪ மாலை ۱۲ 😀.",
            "A backslash \\ a ^ caret $ and [brackets] @ the end /.",
            "  spaces around  ",
        ],
    )
    def test_loses_no_character_that_is_not_a_letter(self, engine: Engine, text: str) -> None:
        [target] = engine.translate(asking(text))

        marks = [character for character in text if not character.isalnum() and character not in "'.\r"]
        for mark in set(marks) - {" "}:
            assert target.count(mark) >= text.count(mark), mark
        assert all(character in target for character in text if ord(character) > 0x900)


STATUSES: list[tuple[int, type[OutsideError]]] = [
    (301, Permanent), (400, Permanent), (401, Permanent), (403, Permanent), (404, Permanent), (408, Transient),
    (413, Permanent), (429, TooManyRequests), (456, Permanent), (500, Transient), (502, Transient), (503, Transient),
    (529, Transient),
]  # fmt: skip

WRONG: list[tuple[str, Fault, type[OutsideError], str]] = [
    ("html", Fault(body=b"<!DOCTYPE html><html><body>Log in to the wifi</body></html>"), Permanent, "an HTML page"),
    ("garbage", Fault(body=b"\x00\xff\xfe garbage"), Permanent, "not JSON"),
    ("nothing", Fault(body=b""), Permanent, "not JSON"),
    ("null", Fault(body=b"null"), Permanent, "answered"),
    ("a number", Fault(body=b"7"), Permanent, "answered"),
    ("another object", Fault(body=b'{"translations": {"text": 1}}'), Permanent, "answered"),
    ("deep nesting", Fault(body=b"[" * 100_000), Permanent, "answered"),
    ("half of the texts", Fault(change=lambda made: made[::2]), Permanent, "answered"),
    ("too many texts", Fault(change=lambda made: [*made, "more"]), Permanent, "answered"),
    ("too long", Fault(body=b'"' + b"a" * (6 * 1024 * 1024) + b'"'), Permanent, "5 MiB"),
    ("silence", Fault(hang=5.0), Transient, "did not answer within"),
    ("a drip", Fault(drip=True), Transient, "did not answer within"),
    ("no answer", Fault(hang_up=True), Transient, "could not be reached"),
]  # fmt: skip


class TestEveryRemoteEngine:
    @pytest.mark.parametrize(("status", "kind"), STATUSES)
    def test_turns_a_status_into_an_error_of_ours(
        self, remote: tuple[Engine, Vendor], status: int, kind: type[OutsideError]
    ) -> None:
        engine, vendor = remote
        vendor.faults = [Fault(status, b'{"message": "no"}')]

        with pytest.raises(kind, match=str(status)) as caught:
            engine.translate(asking("Call 101."))

        assert type(caught.value) is kind
        assert len(vendor.asked) == 1

    @pytest.mark.parametrize(("fault", "kind", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
    def test_takes_nothing_for_an_answer_that_is_none(
        self, remote: tuple[Engine, Vendor], fault: Fault, kind: type[OutsideError], words: str
    ) -> None:
        engine, vendor = remote
        vendor.faults = [fault]
        begun = time.monotonic()

        with pytest.raises(kind, match=words) as caught:
            engine.translate(asking("First text.", "Second text.", "Third text.", "Fourth text."))

        assert time.monotonic() - begun < 3
        assert "\n" not in str(caught.value)
        assert "the-key" not in str(caught.value)

    def test_says_how_long_to_wait(self, remote: tuple[Engine, Vendor]) -> None:
        engine, vendor = remote
        vendor.faults = [Fault(429, b"{}", {"Retry-After": "7"})]

        with pytest.raises(TooManyRequests) as caught:
            engine.translate(asking("Call 101."))

        assert caught.value.retry_after == 7.0

    def test_gives_up_when_the_request_says_so(self, remote: tuple[Engine, Vendor]) -> None:
        engine, vendor = remote
        vendor.faults = [Fault(hang=5.0)]
        begun = time.monotonic()

        with pytest.raises(Transient, match=r"0\.2 seconds"):
            engine.translate(asking("Call 101.", timeout=0.2))

        assert time.monotonic() - begun < TIMEOUT

    def test_calls_a_server_that_is_away_transient(self, remote: tuple[Engine, Vendor]) -> None:
        engine, vendor = remote
        vendor._server.server_close()
        vendor._server.shutdown()

        with pytest.raises(Transient, match="could not be reached"):
            engine.translate(asking("Call 101."))


def ask(name: str, request: Request) -> Any:
    """Let an engine ask its vendor once, and return what the vendor saw."""
    with VENDORS[name]().running() as vendor:
        REMOTE[name](vendor.url).translate(request)
        return vendor.asked[0]


def test_libretranslate_is_asked_in_its_own_words() -> None:
    asked = ask("libretranslate", Request(["Hello"], "en-GB", "pt-BR", 5))

    assert asked.path == "/translate"
    assert asked.body == {"q": ["Hello"], "source": "en", "target": "pb", "format": "text", "api_key": "the-key"}


def test_deepl_is_asked_in_its_own_words() -> None:
    asked = ask("deepl", Request(["Hello"], "en-GB", "pt-PT", 5))

    assert asked.path == "/v2/translate"
    assert asked.headers["authorization"] == "DeepL-Auth-Key the-key"
    assert (asked.body["source_lang"], asked.body["target_lang"]) == ("EN", "PT-PT")
    assert asked.body["formality"] == "prefer_more"


def test_azure_is_asked_in_its_own_words() -> None:
    asked = ask("azure", Request(["Hello"], "en-GB", "pt-PT", 5))

    assert query(asked) == {"api-version": ["3.0"], "textType": ["plain"], "from": ["en"], "to": ["pt-pt"]}
    assert asked.headers["ocp-apim-subscription-key"] == "the-key"
    assert asked.headers["ocp-apim-subscription-region"] == "uksouth"


def test_a_chat_model_gets_style_glossary_and_texts_apart() -> None:
    asked = ask("chat", Request(["Hello"], "en-GB", "pt-PT", 5, {"ward panel": "painel"}))

    system, user = asked.body["messages"]
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer the-key"
    assert "Portuguese (Portugal)" in system["content"]
    assert json.loads(user["content"]) == {"texts": [{"id": 0, "text": "Hello"}], "glossary": {"ward panel": "painel"}}


def completion(content: Any, finish: str = "stop") -> bytes:
    return json.dumps({"choices": [{"finish_reason": finish, "message": {"content": content}}]}).encode()


@pytest.mark.parametrize(
    "body",
    [
        completion("Hola"),
        completion("```json\n{}\n```"),
        completion(None),
        completion('{"translations": [{"id": 0, "text": "Hola"}]}', "length"),
        completion('{"translations": [{"id": 1, "text": "Hola"}]}'),
        completion('{"translations": [{"id": 0, "text": "Hola"}, {"id": 0, "text": "Adios"}]}'),
        completion('{"translations": [{"id": "0", "text": "Hola"}]}'),
        completion('{"translations": [{"id": 0, "text": null}]}'),
        completion('{"translations": [{"id": [0], "text": "Hola"}]}'),
    ],
)
def test_a_chat_answer_that_is_not_as_asked_for_is_none(body: bytes) -> None:
    with VENDORS["chat"]().running() as vendor:
        vendor.faults = [Fault(body=body)]

        with pytest.raises(Permanent):
            REMOTE["chat"](vendor.url).translate(asking("Hello"))


@pytest.mark.parametrize(
    ("url", "leaves"),
    [
        ("http://127.0.0.1:5000", False),
        ("http://localhost:5000", False),
        ("http://[::1]:5000", False),
        ("http://10.1.2.3", False),
        ("https://libretranslate.example", True),
        ("https://8.8.8.8", True),
    ],
)
def test_text_leaves_unless_the_address_is_our_own(url: str, leaves: bool) -> None:
    engines = LibreTranslateEngine(url), ChatEngine(url, "a-model")

    assert [engine.capabilities.sends_text_to_third_party for engine in engines] == [leaves, leaves]
    assert LibreTranslateEngine(url, third_party=True).capabilities.sends_text_to_third_party


MADE: dict[str, Callable[[str, str], Engine]] = {
    "LIBRETRANSLATE": lambda url, key: LibreTranslateEngine(url, key),
    "DEEPL": lambda url, key: DeepLEngine(key, url),
    "AZURE": lambda url, key: AzureEngine(key, "uksouth", url),
    "CHAT": lambda url, key: ChatEngine(url, "a-model", key),
}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("key", ["sk-abc\u2019def", "sk-abc\n", " sk-abc", "sk-abc\udce9", "sk-\u0430bc", "sk-a\u00e9"])
def test_a_key_that_no_header_can_hold_is_refused_by_the_name_of_its_setting(name: str, key: str) -> None:
    with pytest.raises(Refused, match=f"^BRIEFINGS_{name}_KEY has a character that cannot be sent") as caught:
        MADE[name]("https://translate.example.org/v1", key)

    assert "sk-" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize(
    "url",
    [
        "http://[::1/v1", "http://host:99999/v1", "http://host:port/v1", "ftp://host/v1", "host:5000", "https://",
        "https://exa mple.org", "https://host/v1\n", "https://host\x00/v1", "https://\udce9/v1", "https://u:hunter2@[/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_by_the_name_of_its_setting(name: str, url: str) -> None:
    with pytest.raises(Refused, match=f"^BRIEFINGS_{name}_URL is not the address of a server") as caught:
        MADE[name](url, "the-key")

    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_region_that_no_header_can_hold_is_refused_by_the_name_of_its_setting() -> None:
    with pytest.raises(Refused, match=r"^BRIEFINGS_AZURE_REGION has a character"):
        AzureEngine("the-key", "uk\u00a0south")


def test_a_model_s_name_that_is_not_unicode_is_never_an_error_of_python() -> None:
    with pytest.raises(Permanent, match="name of a model"):
        ChatEngine("http://127.0.0.1:9/v1", "mod\udce9le").translate(asking("Hello"))


@pytest.mark.parametrize("header", ["sk-abc\u2019def", "sk-\udce9"])
def test_what_no_header_can_hold_is_never_an_error_of_python(header: str) -> None:
    with pytest.raises(Permanent, match="address or the key in the settings") as caught:
        post("http://127.0.0.1:9/", b"{}", {"authorization": header}, TIMEOUT)

    assert caught.value.__cause__ is None


def test_an_apertium_that_is_not_there_translates_nothing() -> None:
    engine = ApertiumEngine("no-such-command")

    assert not engine.can_translate("en-GB", "es")
    with pytest.raises(Permanent, match="no mode"):
        engine.translate(asking("Hello there."))


def test_an_apertium_that_hangs_is_stopped(tmp_path: Any) -> None:
    command = tmp_path / "apertium"
    command.write_text('#!/bin/sh\ncase "$1" in -l) echo eng-spa;; -V) echo Apertium 0;; *) sleep 30 | cat;; esac\n')
    command.chmod(0o755)
    begun = time.monotonic()

    with pytest.raises(Transient, match=r"0\.3 seconds"):
        ApertiumEngine(str(command), timeout=0.3).translate(asking("Hello there."))

    assert time.monotonic() - begun < 5
