"""Azure Translator over HTTP, version 3.0 of its API."""

from __future__ import annotations

from decimal import Decimal

from briefings.model.errors import Permanent
from briefings.model.language import cldr
from briefings.translation.engines import Capabilities, Request
from briefings.translation.engines.wire import post_json, strings, usable_key, usable_url

PUBLIC_URL = "https://api.cognitive.microsofttranslator.com"

# BCP 47 -> Azure's code, where the language subtag is not the code.
# Azure's own list is at learn.microsoft.com, "Translator language support"; what it does not know it refuses with 400.
_CODES = {
    "pt-PT": "pt-pt", "zh-TW": "zh-Hant", "zh-Hant": "zh-Hant", "zh": "zh-Hans", "no": "nb", "tl": "fil",
    "sr": "sr-Cyrl", "ku": "kmr",
}  # fmt: skip
_KNOWN = (
    "am ar az bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu ha he hi hr ht hu hy id ig is it ja ka "
    "kk km kmr kn ko ku lo lt lv mk ml mr ms mt my nb ne nl pa pl ps pt pt-pt ro ru rw si sk sl so sq sr-Cyrl st "
    "sv sw ta te th ti tr uk ur uz vi xh yo zh-Hans zh-Hant zu"
)
_LANGUAGES = frozenset(_KNOWN.split())


class AzureEngine:
    """Azure Translator. `timeout` is in seconds, for any one call as a whole. `region` is that of the resource."""

    name = "azure"
    version = "3.0"
    # Azure takes 1,000 texts and 50,000 characters a call (learn.microsoft.com, "Service limits"); shorter calls lose
    # less when one fails. The cost is about 10 euros for a million characters: a guide, no quote.
    capabilities = Capabilities(
        sends_text_to_third_party=True,
        batch_size=100,
        batch_characters=20_000,
        cost_per_character=Decimal("0.00001"),
    )

    def __init__(self, key: str, region: str = "", url: str = "", timeout: float = 60.0) -> None:
        self._url = usable_url(url or PUBLIC_URL, "AZURE_URL").rstrip("/") + "/translate?api-version=3.0&textType=plain"
        self._headers = {"Ocp-Apim-Subscription-Key": usable_key(key, "AZURE_KEY")}
        if region:
            self._headers["Ocp-Apim-Subscription-Region"] = usable_key(region, "AZURE_REGION")
        self._timeout = timeout

    def can_translate(self, source_locale: str, locale: str) -> bool:
        source, target = _code(source_locale), _code(locale)
        return source != target and {source, target} <= _LANGUAGES

    def translate(self, request: Request) -> list[str]:
        if not request.texts:
            return []
        url = f"{self._url}&from={_code(request.source_locale)}&to={_code(request.locale)}"
        payload = [{"Text": text} for text in request.texts]
        answer = post_json(url, payload, self._headers, min(self._timeout, request.timeout))
        try:
            texts = [one["translations"][0]["text"] for one in answer]
        except (TypeError, KeyError, IndexError) as error:
            raise Permanent("answered something that is not a list of texts") from error
        return strings(texts, len(request.texts))


def _code(locale: str) -> str:
    return _CODES.get(locale) or _CODES.get(cldr(locale).language) or cldr(locale).language
