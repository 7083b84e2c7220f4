"""Translation engines by name: settings in, an engine out. A part of the composition root, `services.py`."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import SecretStr

from briefings.model.errors import Refused
from briefings.settings import Settings
from briefings.translation.engines import Engine as TranslationEngine


def _pseudo(settings: Settings) -> TranslationEngine:
    from briefings.translation.engines.pseudo import PseudoEngine

    return PseudoEngine()


def _apertium(settings: Settings) -> TranslationEngine:
    from briefings.translation.engines.apertium import ApertiumEngine

    return ApertiumEngine(settings.apertium_command, settings.engine_timeout)


def _libretranslate(settings: Settings) -> TranslationEngine:
    from briefings.translation.engines.libretranslate import LibreTranslateEngine

    url = _needed(settings, "libretranslate_url")
    return LibreTranslateEngine(url, settings.libretranslate_key.get_secret_value(), settings.engine_timeout)


def _deepl(settings: Settings) -> TranslationEngine:
    from briefings.translation.engines.deepl import DeepLEngine

    return DeepLEngine(_needed(settings, "deepl_key"), settings.deepl_url, settings.engine_timeout)


def _chat(settings: Settings) -> TranslationEngine:
    from briefings.translation.engines.chat import ChatEngine

    url, model = _needed(settings, "chat_url"), _needed(settings, "chat_model")
    return ChatEngine(url, model, settings.chat_key.get_secret_value(), settings.engine_timeout)


def _azure(settings: Settings) -> TranslationEngine:
    from briefings.translation.engines.azure import AzureEngine

    key = _needed(settings, "azure_key")
    return AzureEngine(key, settings.azure_region, settings.azure_url, settings.engine_timeout)


# Imported when they are made: a command that translates nothing does not pay for a vendor's client.
ENGINES: dict[str, Callable[[Settings], TranslationEngine]] = {
    "apertium": _apertium,
    "libretranslate": _libretranslate,
    "deepl": _deepl,
    "azure": _azure,
    "chat": _chat,
    "pseudo": _pseudo,
}
"""Translation engines by the name that BRIEFINGS_ENGINES gives them."""


def _needed(settings: Settings, name: str) -> str:
    """Return a setting that an engine cannot do without. Raises Refused where it is not set."""
    value = getattr(settings, name)
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not text:
        engine, _, _ = name.partition("_")
        raise Refused(f"BRIEFINGS_{name.upper()} must be set for the translation engine {engine}")
    return str(text)
