"""Letters: the mail that answers an asking, in the language of whoever asked."""

from __future__ import annotations

from jinja2 import Environment

from briefings.delivery.compose import Letterhead
from briefings.delivery.letter import letter_envelope
from briefings.delivery.message import Envelope
from briefings.rendering.letter import LETTERS, render_letter
from briefings.rendering.site import Site
from briefings.residents.asking import VALID_FOR, Asking, Askings, Letter, choices_of
from briefings.residents.postbag import Marked
from briefings.subscribers.tokens import KeyedHash, TokenPurpose, Tokens, derived_key


class Letters:
    def __init__(self, askings: Askings, letterhead: Letterhead, site: Site, templates: Environment) -> None:
        self._askings = askings
        self._letterhead = letterhead
        self._site = site
        self._templates = templates
        self._tokens = Tokens(letterhead.secret)
        self._id_of = KeyedHash(derived_key(letterhead.secret, "letter"))

    def envelope(self, marked: Marked) -> Envelope:
        """Return the letter of an asking, signed where we sign. Raises Permanent, Refused or MjmlError."""
        row, letter, head = marked.row, marked.letter, self._letterhead
        is_move = row.kind == Asking.MOVE and letter is Letter.CONFIRM
        ends_at, url, areas, language = None, "", [], ""
        if letter is Letter.CONFIRM:
            ends_at = marked.looked_at + VALID_FOR
            url = self._site.personal_url("confirm", row.locale, self._askings.token(row.id))
            if row.choices:
                choices, places = choices_of(row.choices), self._site.places
                areas = [places.regions[one].name for one in choices.regions if one in places.regions]
                areas += [places.wards[one].name for one in choices.wards if one in places.wards]
                language = choices.locale
        elif letter in (Letter.ALREADY, Letter.LINK):
            token = self._tokens.token(TokenPurpose.PREFERENCES, marked.subscriber_id)
            url = self._site.personal_url("preferences", row.locale, token)
        rendered = render_letter(
            LETTERS["confirm-move" if is_move else letter.value],
            row.locale,
            self._site,
            self._templates,
            url=url,
            ends_at=ends_at,
            areas=areas,
            language=language,
        )
        what = f"{row.id}\0{letter.value}\0{marked.looked_at.isoformat()}".encode()
        envelope = letter_envelope(
            address=row.email,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            locale=self._site.interface(row.locale).lang,
            sender=head.sender,
            message_id=f"<{self._id_of.digest(what).hex()[:40]}@{head.reply_domain}>",
            date=marked.looked_at,
        )
        if head.signer is None:
            return envelope
        return Envelope("", row.email, head.signer.sign(envelope.message) + envelope.message)
