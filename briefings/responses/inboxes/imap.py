"""IMAP: returned mail is fetched from a mailbox; what is committed is marked as seen, so a crash reads it again."""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from email.message import Message
from itertools import chain
from typing import Any

from imap_tools import BaseMailBox, MailMessageFlags

from briefings.delivery.return_address import Recipient, ReturnAddresses
from briefings.delivery.returned import ReturnedMail, Taken
from briefings.model.errors import Refused, Transient
from briefings.model.untrusted_mail import HEADER_LIMIT, MAIL_LIMIT, headers
from briefings.responses.inboxes.imap_connection import ImapAddress, ImapConnection

BATCH = 100
AGAIN, WAITING = "again", "waiting"
"""What is counted beside the kinds: known already; to be read at the next time."""
_ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
"""Where a mail server may have written the recipient's address, the surest first."""
_SIZE = re.compile(rb"UID (\d+)\b.*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+)\b.*?UID (\d+)")


class ImapInbox:
    """A mailbox that the mail server puts returned mail into. `seconds` is what any one call may take."""

    def __init__(self, url: str, seconds: float, mail: ReturnedMail, tls: ssl.SSLContext | None = None) -> None:
        """Raises Refused for a URL that names no mailbox."""
        self._connection = ImapConnection(ImapAddress.parse(url), seconds, tls)
        self._mail = mail

    def collect(self, counts: Counter[str], clock: Callable[[], datetime], within: float | None = None) -> bool:
        """Take every mail that is not seen yet, and add up what they were in `counts`, by kind.

        After `within` seconds the rest is left for the next time; returns whether none was.
        Raises Transient or Permanent; what was counted until then is committed. Raises Refused at the
        end where a mail could not be put into quarantine: it waits, and stops none of the others.
        """
        refused: Refused | None = None
        deadline = None if within is None else time.monotonic() + within
        with self._connection.open() as mailbox:
            with self._connection.call():
                unseen = mailbox.uids("UNSEEN", None)
            batches = (unseen[start : start + BATCH] for start in range(0, len(unseen), BATCH))
            sizes = chain.from_iterable(self._sizes(mailbox, batch) for batch in batches)
            for n, (uid, size) in enumerate(sizes):
                if n and deadline is not None and time.monotonic() > deadline:
                    is_end = False
                    break
                taken = None
                try:
                    taken = self._take(mailbox, uid, size, clock())
                except Refused as error:
                    refused = error
                counts[WAITING if taken is None else str(taken.kind) if taken.is_new else AGAIN] += 1
            else:
                is_end = True
        if refused is not None:
            raise refused
        return is_end

    def _take(self, mailbox: BaseMailBox, uid: str, size: int, now: datetime) -> Taken | None:
        """Take one mail, and mark it; None where it is to be read again the next time."""
        if size > MAIL_LIMIT:
            taken = self._mail.note_oversized(self._fetched(mailbox, uid, "HEADER", HEADER_LIMIT), size, now)
        elif not (raw := self._fetched(mailbox, uid, "", MAIL_LIMIT)):
            return None  # somebody else has just removed it
        else:
            head = headers(raw)
            sender = " ".join(_values(head, "Return-Path")) or None
            try:
                taken = self._mail.take(raw, _recipient(self._mail.addresses, head), sender, now)
            except Transient:
                return None
        with self._connection.call():
            mailbox.flag(uid, MailMessageFlags.SEEN, True)
        return taken

    def _sizes(self, mailbox: BaseMailBox, uids: Sequence[str]) -> Iterator[tuple[str, int]]:
        for answer in self._fetch(mailbox, ",".join(uids), "(UID RFC822.SIZE)"):
            if isinstance(answer, bytes) and (found := _SIZE.search(answer)):
                yield (found[1] or found[4]).decode(), int(found[2] or found[3])

    def _fetched(self, mailbox: BaseMailBox, uid: str, section: str, limit: int) -> bytes:
        """Return the first `limit` bytes of a mail or its headers, and leave it unseen."""
        answers = self._fetch(mailbox, uid, f"(BODY.PEEK[{section}]<0.{limit}>)")
        return next((bytes(answer[1]) for answer in answers if isinstance(answer, tuple)), b"")

    def _fetch(self, mailbox: BaseMailBox, uids: str, what: str) -> Sequence[Any]:
        """Fetch as it is: what imap-tools fetches it parses at once, without any bounds."""
        with self._connection.call():
            status, answers = mailbox.client.uid("FETCH", uids, what)
            if status != "OK":
                raise imaplib.IMAP4.error(f"FETCH was answered with {status}")
        return answers


def _recipient(addresses: ReturnAddresses, head: Message) -> Recipient | None:
    values = chain.from_iterable(_values(head, name) for name in _ENVELOPE)
    return addresses.first(chain.from_iterable(addresses.addresses_in(value) for value in values))


def _values(head: Message, name: str) -> list[str]:
    return [" ".join(str(value)[:2000].split()) for value in (head.get_all(name) or [])[:20]]
