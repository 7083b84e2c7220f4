"""The return road: what is mailed to our reply domain goes on to the product's own inbox.

A real mail server hands over what comes back to a sender. In the sandbox the mail catcher does so,
by LMTP (RFC 2033), after it has kept the mail; what goes wrong here is logged and stops no sender.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer

RETURNING = ("bounce", "unsubscribe", "canary")
"""Local parts, each followed by `+...`, that the product's inbox takes at the reply domain."""

COMPLAINTS = "fbl"
"""Where feedback loops send complaints at the reply domain, as is agreed with each of them (RFC 6449)."""

DEADLINE_S = 5.0
REPORTED_AFTER_S = 1.0
"""Until a report is sent back: whoever sent the mail has recorded by then that it was taken."""
PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Between attempts: the site, which listens, may start later than the stand-ins."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Returned:
    """A mail on its way back. `mail_from` is the envelope sender, empty for reports (RFC 5321 section 4.5.5)."""

    mail_from: str
    recipient: str
    raw: bytes
    after: float = 0.0
    """Seconds to wait before it sets out."""


class NotTaken(Exception):
    """The inbox did not take a mail. The text holds no address."""

    def __init__(self, reason: str, for_good: bool = False) -> None:
        super().__init__(reason)
        self.for_good = for_good


@dataclass(frozen=True)
class ReturnRoad:
    """Where the inbox listens and for which domain. `deadline` is in seconds of the wall clock for one mail."""

    host: str
    port: int
    domain: str
    deadline: float = DEADLINE_S
    pauses: Sequence[float] = PAUSES_S

    def carries(self, address: str) -> bool:
        """Say whether mail to this envelope recipient is for the product's inbox."""
        local, _, domain = address.casefold().rpartition("@")
        return domain == self.domain.casefold() and local.partition("+")[0] in RETURNING and "+" in local

    def hand_over(self, mail: Returned) -> None:
        """Give one mail to the inbox; blocks. Raises NotTaken.

        One recipient at a time: an LMTP server answers the final dot once for each, which smtplib does not read.
        """
        lmtp = smtplib.LMTP(local_hostname="localhost")  # or it asks the resolver for our name
        lmtp.timeout = self.deadline
        overrun = Timer(self.deadline, _hang_up, [lmtp])  # smtplib's own timeout is for each read
        overrun.start()
        try:
            lmtp.connect(self.host, self.port)
            options = [] if mail.raw.isascii() else ["BODY=8BITMIME"]
            lmtp.sendmail(mail.mail_from, [mail.recipient], mail.raw, mail_options=options)
            with suppress(smtplib.SMTPException, OSError):  # it is taken, whatever becomes of the farewell
                lmtp.quit()
        except smtplib.SMTPRecipientsRefused as error:
            ((code, said),) = error.recipients.values()
            raise _not_taken(code, said) from None  # the error itself names the address
        except smtplib.SMTPResponseException as error:
            raise _not_taken(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(f"{type(error).__name__} at {self.host}:{self.port}") from error
        finally:
            overrun.cancel()
            lmtp.close()


class Carrier:
    """Carries mail over the return road, one after the other, while the sender is answered already.

    Made, used and finished on one event loop.
    """

    def __init__(self, road: ReturnRoad) -> None:
        self.road = road
        self._free = asyncio.Lock()
        self._under_way: set[asyncio.Task[None]] = set()

    def take(self, mail: Returned) -> None:
        """Pass a mail on when there is time. Never raises and never waits."""
        task = asyncio.get_running_loop().create_task(self._carry(mail))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def finish(self) -> None:
        """Let what is on its way arrive, for as long as one mail may take; the rest is given up and logged."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=self.road.deadline)
        for task in late:
            task.cancel()
        if late:
            _LOG.warning("stopped with %d mails not passed on to the inbox; they are among the caught", len(late))

    async def _carry(self, mail: Returned) -> None:
        await asyncio.sleep(mail.after)
        for pause in (*self.road.pauses, None):
            try:
                async with self._free:
                    await asyncio.to_thread(self.road.hand_over, mail)
                return
            except NotTaken as error:
                if error.for_good or pause is None:
                    _LOG.warning("a caught mail was not passed on to the inbox: %s", error)
                    return
                await asyncio.sleep(pause)
            except Exception:
                _LOG.exception("a caught mail could not be passed on to the inbox")
                return


def _not_taken(code: int, said: bytes | str) -> NotTaken:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    words = " ".join("[address]" if "@" in word else word for word in text.split())
    return NotTaken(f"it answered {code} {words}"[:300], for_good=code >= 500)


def _hang_up(lmtp: smtplib.LMTP) -> None:
    connected = lmtp.sock
    if connected is not None:
        with suppress(OSError):  # already gone, which is what is wanted
            connected.shutdown(socket.SHUT_RDWR)
