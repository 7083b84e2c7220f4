"""LibreTranslate over HTTP: free software that a borough can host itself."""

from __future__ import annotations

from briefings.model.errors import Permanent
from briefings.model.language import cldr
from briefings.translation.engines import Capabilities, Request
from briefings.translation.engines.wire import is_private, post_json, strings, usable_key, usable_url

# BCP 47 -> LibreTranslate's code, where the language subtag is not the code.
# Source: docs.libretranslate.com, "Supported languages".
# A language that a given server has no model for is refused by it with 400, and the next engine is asked.
_CODES = {"pt-BR": "pb", "zh-TW": "zt", "zh-Hant": "zt", "no": "nb"}
_KNOWN = (
    "ar az bg bn ca cs da de el en eo es et eu fa fi fr ga gl he hi hu id it ja ko ky lt lv ms nb nl pb pl pt ro "
    "ru sk sl sq sr sv th tl tr uk ur vi zh zt"
)
_LANGUAGES = frozenset(_KNOWN.split())


class LibreTranslateEngine:
    """One LibreTranslate server. `timeout` is in seconds, for any one call as a whole."""

    name = "libretranslate"
    version = ""  # its answers do not say which model made them

    def __init__(self, url: str, key: str = "", timeout: float = 60.0, *, third_party: bool | None = None) -> None:
        self._url = usable_url(url, "LIBRETRANSLATE_URL").rstrip("/") + "/translate"
        self._key = usable_key(key, "LIBRETRANSLATE_KEY")
        self._timeout = timeout
        self.capabilities = Capabilities(
            sends_text_to_third_party=not is_private(url) if third_party is None else third_party,
            batch_size=40,
            batch_characters=5_000,
        )

    def can_translate(self, source_locale: str, locale: str) -> bool:
        source, target = _code(source_locale), _code(locale)
        return source != target and {source, target} <= _LANGUAGES

    def translate(self, request: Request) -> list[str]:
        if not request.texts:
            return []
        payload = {
            "q": list(request.texts),
            "source": _code(request.source_locale),
            "target": _code(request.locale),
            "format": "text",
        }
        if self._key:
            payload["api_key"] = self._key
        answer = post_json(self._url, payload, {}, min(self._timeout, request.timeout))
        if not isinstance(answer, dict):
            raise Permanent("answered something that is not a list of texts")
        return strings(answer.get("translatedText"), len(request.texts))


def _code(locale: str) -> str:
    return _CODES.get(locale) or _CODES.get(cldr(locale).language) or cldr(locale).language
