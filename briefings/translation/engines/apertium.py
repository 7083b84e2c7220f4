"""Apertium: rule-based translation by a local process, offline. Good enough to start a draft from, in few languages."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from functools import cached_property

from briefings.model.errors import Permanent, Transient
from briefings.model.language import cldr
from briefings.translation.engines import Capabilities, Request

# (source language, target language) -> mode, where it is not made of the three-letter codes: the Debian
# packages are named by either. Whether one is installed is what `apertium -l` says.
_MODES = {("en", "gl"): "en-gl", ("en", "eo"): "en-eo", ("cy", "en"): "cy-en"}
_CODES = {"en": "eng", "es": "spa", "ca": "cat", "fr": "fra", "pt": "por", "it": "ita", "gl": "glg", "ro": "ron"}

# An empty line ends a sentence for apertium; without one it moves words from line to line.
_PARAGRAPH = "\n\n"
_LINE_ENDS = re.compile(r"(\s*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]\s*)")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class ApertiumEngine:
    """The `apertium` command. `timeout` is in seconds of wall clock, for any one call as a whole."""

    name = "apertium"
    capabilities = Capabilities(
        sends_text_to_third_party=False, batch_size=500, batch_characters=100_000, garbles_values=True
    )

    def __init__(self, command: str = "apertium", timeout: float = 60.0) -> None:
        self._command = command
        self._timeout = timeout
        self.version = ""
        """The release of apertium, known once it was asked for its languages."""

    def can_translate(self, source_locale: str, locale: str) -> bool:
        return _mode(source_locale, locale) in self._installed

    def translate(self, request: Request) -> list[str]:
        """Translate line by line: line ends stay where they are, whatever apertium does with them."""
        pieces = [_LINE_ENDS.split(_CONTROLS.sub("", text)) for text in request.texts]
        lines = [line for parts in pieces for line in parts[::2] if _has_words(line)]
        if lines and not self.can_translate(request.source_locale, request.locale):
            raise Permanent(f"has no mode {_mode(request.source_locale, request.locale)} on this machine")
        translated = iter(self._translated(lines, request) if lines else [])
        for parts in pieces:
            parts[::2] = [_tidy(line, next(translated)) if _has_words(line) else line for line in parts[::2]]
        return ["".join(parts) for parts in pieces]

    def _translated(self, lines: list[str], request: Request) -> list[str]:
        mode = _mode(request.source_locale, request.locale)
        out = self._run(["-u", mode], _PARAGRAPH.join(lines), min(self._timeout, request.timeout))
        found = [line for line in re.split(r"\n{2,}", out.strip("\n")) if line.strip()]
        if len(found) != len(lines):
            raise Permanent(f"answered {len(found)} of {len(lines)} lines")
        return found

    @cached_property
    def _installed(self) -> frozenset[str]:
        if shutil.which(self._command) is None:
            return frozenset()
        try:
            self.version = self._run(["-V"], "", 10.0).removeprefix("Apertium ").strip()
            return frozenset(self._run(["-l"], "", 10.0).split())
        except (Transient, Permanent):
            return frozenset()

    def _run(self, options: list[str], text: str, timeout: float) -> str:
        """Run the command in a process group of its own: it is a shell script with a dozen children."""
        command = [shutil.which(self._command) or self._command, *options]
        # A UTF-8 locale whatever ours is, or accents are lost.
        environment = {"PATH": f"{os.path.dirname(command[0])}:/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}  # noqa: PTH120
        try:
            process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=environment,
            )
        except OSError as error:
            raise Permanent(
                f"could not be started ({error.strerror}): install it or take it out of the settings"
            ) from error
        try:
            out, _ = process.communicate(text.encode(), timeout=timeout)
        except BaseException as error:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            if isinstance(error, subprocess.TimeoutExpired):
                raise Transient(f"did not answer within {timeout:g} seconds") from error
            raise
        if process.returncode:
            raise Permanent(f"ended with {process.returncode}")
        return out.decode("utf-8", "replace")


def _mode(source_locale: str, locale: str) -> str:
    source, target = cldr(source_locale).language, cldr(locale).language
    return _MODES.get((source, target)) or f"{_CODES.get(source, source)}-{_CODES.get(target, target)}"


def _has_words(line: str) -> bool:
    return any(character.isalpha() for character in line)


def _tidy(source: str, target: str) -> str:
    """Mend spaces and capitals, which apertium gets wrong where it drops a pronoun ("We met" -> " nos reunimos")."""
    words = target.strip()
    if "  " not in source:
        words = re.sub(r" {2,}", " ", words)
    words = re.sub(r" +([.,;:!?])", r"\1", words) if not re.search(r" [.,;:!?]", source) else words
    first = source.strip()[:1]
    if first.isupper():
        words = words[:1].upper() + words[1:]
    elif first.islower():
        words = words[:1].lower() + words[1:]
    return source[: len(source) - len(source.lstrip())] + words + source[len(source.rstrip()) :]
