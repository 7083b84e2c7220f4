from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.delivery.headers import checked_address
from briefings.model.errors import BriefingsError, Permanent


@pytest.mark.parametrize(
    "address",
    [
        "",
        "no-at.example.org",
        "@example.org",
        "ana@",
        "a b@example.org",
        "ana@exam ple.org",
        "ana@example.org\r\nBcc: all@example.org",
        "ana@example.org>\r\nRCPT TO:<eve@example.org",
        "ana\u2028@example.org",
        "ana\u202e@example.org",
        "<ana@example.org>",
        "ana@eve@example.org",
        "ana,eve@example.org",
        '"ana"@example.org',
        "ana@[127.0.0.1]",
        "ana@example..org",
        "ana@-\u0301.org",
        "a" * 310 + "@example.org",
        "\ud83d@example.org",
    ],
)
def test_an_address_that_cannot_be_mailed_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(Permanent) as refusal:
        checked_address(address)

    assert not address or address not in str(refusal.value)


@settings(deadline=None)
@given(st.text(max_size=340))
def test_what_passes_as_an_address_can_stand_in_any_smtp_command(text: str) -> None:
    try:
        address = checked_address(text)
    except BriefingsError:
        return

    assert not set("<>\r\n\0 ") & set(address)
    assert address.count("@") == 1
    address.encode()
    assert address.rpartition("@")[2].isascii()
