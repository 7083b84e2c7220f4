"""Whom a request counts for, and how often: limits must not be talked away, nor hit those who did nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from briefings.model.errors import Refused
from briefings.web.guard.bucket import TokenBucket
from briefings.web.guard.network import network_of, trusted_networks


def asks(peer: str, forwarded: str = "", trusted: str = "10.0.0.0/8") -> str:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return network_of(
        HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers}), trusted_networks(trusted)
    )


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("127.0.0.1", "", ""),
        ("::1", "198.51.100.1", ""),
        ("10.0.0.1", "nonsense", ""),
        ("unix", "", ""),
    ],
)
def test_a_request_counts_for_the_nearest_address_that_is_not_our_proxys(
    peer: str, forwarded: str, network: str
) -> None:
    assert asks(peer, forwarded) == network


def test_a_setting_that_is_no_network_is_refused_with_an_example() -> None:
    with pytest.raises(Refused, match=r"BRIEFINGS_TRUSTED_PROXIES.*10\.0\.0\.0/8"):
        trusted_networks("10.0.0.0/8, proxy.example")


def test_a_bucket_is_emptied_at_once_and_filled_again_little_by_little() -> None:
    bucket = TokenBucket(2, 60.0)

    taken = [bucket.take("a", at) for at in (0.0, 0.0, 10.0, 30.0, 31.0, 120.0, 120.0, 120.0)]

    assert taken == [0.0, 0.0, 20.0, 0.0, 29.0, 0.0, 0.0, 30.0]


@given(st.integers(1, 700), st.lists(st.floats(0.0, 90.0), max_size=300))
def test_whoever_waits_as_long_as_they_are_told_to_is_let_in(limit: int, pauses: list[float]) -> None:
    bucket, now = TokenBucket(limit, 60.0), 0.0

    for pause in pauses:
        now += pause
        if wait := bucket.take("a", now):
            now += wait
            assert bucket.take("a", now) == 0.0


def test_a_bucket_remembers_no_more_keys_than_it_may() -> None:
    bucket = TokenBucket(1, 60.0, max_keys=3)

    for key in "abcd":
        bucket.take(key, 0.0)

    assert bucket.take("d", 1.0) > 0
    assert bucket.take("a", 1.0) == 0
