"""DeepL through its official client."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import deepl
from deepl.http_client import HttpClient

from briefings.model.errors import OutsideError, Permanent
from briefings.model.language import cldr
from briefings.translation.engines import Capabilities, Request
from briefings.translation.engines.wire import json_of, post, raise_for_status, strings, usable_key, usable_url

# BCP 47 -> DeepL's target code, where the language subtag in capitals is not the code.
# Codes: `deepl.Language` of the official client, 1.32. What an account may not use is refused by DeepL with 400.
_TARGETS = {
    "en": "EN-GB", "en-US": "EN-US", "pt": "PT-PT", "pt-BR": "PT-BR", "zh": "ZH-HANS", "zh-TW": "ZH-HANT",
    "zh-Hant": "ZH-HANT", "no": "NB",
}  # fmt: skip
_KNOWN = (
    "ar bg bn cs cy da de el en es et fa fi fr ga gu he hi hr hu hy id it ja ka ko lt lv mk ml mr nb ne nl no pa "
    "pl pt ro ru sk sl sq sr sv ta te th tr uk ur vi zh"
)
_LANGUAGES = frozenset(_KNOWN.split())


class _OneCall(HttpClient):
    """The client's transport: one attempt within a wall-clock deadline, a capped answer, our errors.

    The client's own one tries six times for a minute and more, and waits on each read; trying again is
    decided in `translation/machine.py` for all engines alike.
    """

    timeout = 60.0

    def request_with_backoff(
        self,
        method: str,
        url: str,
        data: dict[str, Any] | None,
        json: dict[str, Any] | None,
        headers: dict[str, str],
        stream: bool = False,
        **kwargs: Any,
    ) -> tuple[int, str]:
        request = self._prepare_request(method, url, data, json, headers, **kwargs)
        body = request.body or b""
        answer = post(
            str(request.url), body.encode() if isinstance(body, str) else body, dict(request.headers), self.timeout
        )
        raise_for_status(answer)
        json_of(answer.body)  # an HTML page is called one
        return answer.status, answer.body.decode("utf-8", "replace")


class DeepLEngine:
    """DeepL. `url` empty: the public address that goes with the key. `timeout` is in seconds, for a whole call."""

    name = "deepl"
    version = ""  # the answer names the model only where one was asked for
    # DeepL takes 50 texts and 128 KiB a call. The cost is about 20 euros for a million characters: a guide, no quote.
    capabilities = Capabilities(
        sends_text_to_third_party=True,
        batch_size=50,
        batch_characters=20_000,
        takes_formality=True,
        cost_per_character=Decimal("0.00002"),
    )

    def __init__(self, key: str, url: str = "", timeout: float = 60.0) -> None:
        server = usable_url(url, "DEEPL_URL") if url else None
        self._client = deepl.Translator(usable_key(key, "DEEPL_KEY"), server_url=server, send_platform_info=False)
        self._transport = _OneCall(send_platform_info=False)
        self._client._client = self._transport  # the client offers no other way to give it a transport
        self._timeout = timeout

    def can_translate(self, source_locale: str, locale: str) -> bool:
        source, target = cldr(source_locale).language, cldr(locale).language
        return source != target and {source, target} <= _LANGUAGES

    def translate(self, request: Request) -> list[str]:
        if not request.texts:
            return []
        self._transport.timeout = min(self._timeout, request.timeout)
        try:
            results = self._client.translate_text(
                list(request.texts),
                source_lang=cldr(request.source_locale).language.upper(),
                target_lang=_target(request.locale),
                preserve_formatting=True,
                formality="prefer_more",  # polite where the language has a choice; ignored where it has none
            )
        except OutsideError:
            raise
        except (deepl.DeepLException, ValueError, TypeError, KeyError, AttributeError) as error:
            raise Permanent("answered something that its own client cannot read") from error
        return strings([one.text for one in results] if isinstance(results, list) else None, len(request.texts))


def _target(locale: str) -> str:
    language = cldr(locale).language
    return _TARGETS.get(locale) or _TARGETS.get(language) or language.upper()
