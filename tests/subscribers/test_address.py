"""Addresses: what is taken, and when two are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.subscribers.address import checked, masked, normalised


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ana.Pop@Example.ORG ", "ana.pop@example.org"),
        ("o'brien+news@mail.example.org", "o'brien+news@mail.example.org"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@BU\u0308CHER.example", "ana@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_in_one_form(written: str, kept: str) -> None:
    address = checked(written)

    again = checked(address)

    assert address == again == kept


@pytest.mark.parametrize(
    "written",
    [
        "", "ana", "@example.org", "ana@", "ana@localhost", "ana@example..org", "ana@-example.org", "a b@example.org",
        ".ana@example.org", "ana.@example.org", "a..b@example.org", '"ana"@example.org', "ana@[127.0.0.1]",
        "ana@127.0.0.1", "=cmd@example.org", "+ana@example.org", "-ana@example.org", "ана@example.org",
        "ana@example.org\nbcc:x@example.org", "ana\r\n@example.org", "ana\x00@example.org", "a@b@example.org",
        "x" * 65 + "@example.org", "ana@" + "a." * 130 + "org", "a" * 100_000, "ana@" + "ü" * 5000 + ".org",
        "<ana@example.org>", "ana@example.org,bob@example.org", "ana@exam\u202eple.org",
    ],
)  # fmt: skip
def test_what_cannot_be_mailed_is_refused_without_repeating_it(written: str) -> None:
    local = written.partition("@")[0]

    with pytest.raises(ValueError, match=r"^(is|has) ") as refusal:
        checked(written)

    assert len(local) < 3 or local not in str(refusal.value)


@given(st.text())
def test_anything_can_be_normalised_and_masked(text: str) -> None:
    address = f"{text}@{text}"

    shown = masked(address)

    assert normalised(address) == normalised(f"  {address} ")
    assert "…" in shown


def test_a_masked_address_shows_one_letter_and_the_domain() -> None:
    address = "Jo.Public@Example.org"

    shown = masked(address)

    assert shown == "j…@example.org"
