"""What a server says is kept without the recipient's address, also without the part before its @."""

from __future__ import annotations

import pytest

from briefings.delivery.link import Reply


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2.0.0 Jane.Doe has got it", "250 2.0.0 [address] has got it"),
        ("2.0.0 kept for <jane.doe@example.org>", "250 2.0.0 kept for <[address]>"),
        ("2.0.0 Ok: queued as 4F2A", "250 2.0.0 Ok: queued as 4F2A"),
    ],
)
def test_an_accepting_reply_is_kept_without_the_recipient(text: str, kept: str) -> None:
    assert Reply(250, (text,)).said("jane.doe@example.org") == kept
