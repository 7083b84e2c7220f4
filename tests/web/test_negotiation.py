"""Which language a reader gets at an address without one."""

from __future__ import annotations

import pytest

from briefings.web.public.negotiation import best_locale

LOCALES = ["en-GB", "ro", "pt-PT", "pa"]


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", "en-GB"),
        ("ro", "ro"),
        ("RO-md", "ro"),
        ("pt-BR,pt;q=0.9", "pt-PT"),
        ("fr, ro;q=0.2, pa;q=0.7", "pa"),
        ("ro;q=0, pa;q=0.1", "pa"),
        ("*", "en-GB"),
        ("fr;q=x,,;;=,ro", "ro"),
        ("en-US;q=nan, ro;q=0.5", "ro"),
        (",".join(["xx"] * 10_000), "en-GB"),
    ],
)
def test_the_most_wanted_language_that_there_is_wins(header: str, locale: str) -> None:
    assert best_locale(header, LOCALES) == locale
