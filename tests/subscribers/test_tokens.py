"""Tokens: made for one person and one purpose."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.subscribers.tokens import TokenPurpose, Tokens

from .conftest import SECRET

TOKENS = Tokens(SECRET)


@given(st.sampled_from(TokenPurpose), st.integers(1, 2**63 - 1))
def test_a_token_gives_back_the_subscriber_it_was_made_for(purpose: TokenPurpose, subscriber_id: int) -> None:
    token = TOKENS.token(purpose, subscriber_id)

    read = TOKENS.read(purpose, token)

    assert read == subscriber_id


@given(st.integers(1, 10**6))
def test_a_token_is_short_and_safe_in_urls_and_mail_addresses(subscriber_id: int) -> None:
    token = TOKENS.token(TokenPurpose.BOUNCE, subscriber_id)

    letters = set(token)

    assert len("unsubscribe+" + token) <= 64  # a local part (RFC 5321 4.5.3.1.1)
    assert letters <= set("abcdef" + string.digits)


def test_a_return_path_that_a_mail_system_turned_to_capitals_is_still_read() -> None:
    token = TOKENS.token(TokenPurpose.BOUNCE, 7)

    read = TOKENS.read(TokenPurpose.BOUNCE, token.upper())

    assert read == 7


@pytest.mark.parametrize("other", [purpose for purpose in TokenPurpose if purpose is not TokenPurpose.UNSUBSCRIBE])
def test_a_token_for_one_purpose_is_worth_nothing_for_another(other: TokenPurpose) -> None:
    token = TOKENS.token(TokenPurpose.UNSUBSCRIBE, 7)

    read = TOKENS.read(other, token)

    assert read is None


@given(st.integers(0, 47), st.sampled_from(string.ascii_lowercase + string.digits))
def test_changing_any_one_letter_makes_a_token_worthless(at: int, letter: str) -> None:
    token = TOKENS.token(TokenPurpose.UNSUBSCRIBE, 7)
    forged = token[:at] + letter + token[at + 1 :]

    read = TOKENS.read(TokenPurpose.UNSUBSCRIBE, forged)

    assert read == (7 if forged == token else None)


@given(st.one_of(st.text(), st.text(min_size=48, max_size=48), st.text("abc234567\u0663", min_size=48, max_size=48)))
def test_garbage_is_nobody_and_never_an_error(garbage: str) -> None:
    purpose = TokenPurpose.RESPOND

    read = TOKENS.read(purpose, garbage)

    assert read is None


def test_another_secret_reads_nothing() -> None:
    token = Tokens(b"some other secret entirely").token(TokenPurpose.UNSUBSCRIBE, 7)

    read = TOKENS.read(TokenPurpose.UNSUBSCRIBE, token)

    assert read is None


def test_a_secret_that_could_be_guessed_is_refused() -> None:
    secret = b"short"

    with pytest.raises(ValueError, match="at least 16 bytes"):
        Tokens(secret)
