"""Links of a reader's own: each mail ends in the two that are made for its recipient."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from briefings.model.slots import PREFERENCES_URL_SLOT, UNSUBSCRIBE_URL_SLOT
from briefings.subscribers.subscriber import Format
from briefings.subscribers.tokens import TokenPurpose, Tokens
from tests.delivery.composed import HEAD, message, row
from tests.rendering.editions import sample_site

PARTS = {
    "subject": "Hi",
    "text": f"Change: {PREFERENCES_URL_SLOT}\nStop: {UNSUBSCRIBE_URL_SLOT}\n",
    "html": f'<a href="{PREFERENCES_URL_SLOT}">Change</a> <a href="{UNSUBSCRIBE_URL_SLOT}">Stop</a>\n',
    "large_print": f'<a href="{PREFERENCES_URL_SLOT}">Change</a> <a href="{UNSUBSCRIBE_URL_SLOT}">Stop</a>\n',
}


@pytest.mark.parametrize("format", list(Format))
def test_the_link_to_the_preferences_is_the_recipients_own(format: Format) -> None:
    tokens = Tokens(HEAD.secret)
    own = tokens.token(TokenPurpose.PREFERENCES, 7)

    found = message_from_bytes(message(HEAD, PARTS, row(7, "ur", format)), policy=policy.default)

    assert isinstance(found, EmailMessage)
    bodies = [part.get_content() for part in found.walk() if not part.is_multipart()]
    assert len(bodies) == (1 if format is Format.TEXT else 2)
    for body in bodies:
        assert sample_site(HEAD.public_url).personal_url("preferences", "ur", own) in body
        assert f"{HEAD.public_url}/u/{tokens.token(TokenPurpose.UNSUBSCRIBE, 7)}" in body
        assert own not in str(found["List-Unsubscribe"])
