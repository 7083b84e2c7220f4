"""IMAP connections that end: every call has a deadline by the wall clock, TLS is never left out by mistake."""

from __future__ import annotations

import imaplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import SplitResult, unquote, urlsplit

from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from briefings.delivery.endpoint import is_this_machine
from briefings.model.errors import Permanent, Refused, Transient


class Security(Enum):
    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
    """On this machine only."""


@dataclass(frozen=True)
class ImapAddress:
    """A mailbox, as `imaps://user:password@host[:port]/Folder` names it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    security: Security = Security.TLS

    @classmethod
    def parse(cls, url: str) -> ImapAddress:
        """Read a URL; parts are percent-encoded. Raises Refused; its text never holds the password."""
        try:
            parsed = urlsplit(url)
            host, port = parsed.hostname or "", parsed.port
        except ValueError:
            parsed, host, port = SplitResult("", "", "", "", ""), "", None
        if parsed.scheme not in ("imap", "imaps") or not host or not parsed.username or parsed.password is None:
            raise Refused(
                "BRIEFINGS_IMAP_URL must be imaps://user:password@host/Folder, or imap:// for STARTTLS; "
                "write special characters of the password percent-encoded (%40 for @)"
            )
        if parsed.scheme == "imaps":
            security, default = Security.TLS, 993
        else:
            security, default = Security.NONE if is_this_machine(host) else Security.STARTTLS, 143
        user, password, folder = (unquote(part) for part in (parsed.username, parsed.password, parsed.path[1:]))
        return cls(host, port or default, user, password, folder or "INBOX", security)


class ImapConnection:
    """A mailbox that is logged in to. `seconds` is what connecting, and each call, may take.

    Raises Transient where the server is away or silent, Permanent where it refuses the login.
    """

    def __init__(self, address: ImapAddress, seconds: float, tls: ssl.SSLContext | None = None) -> None:
        self._address = address
        self._seconds = seconds
        self._tls = tls or ssl.create_default_context()
        self._where = f"the IMAP server {address.host}:{address.port}"

    @contextmanager
    def open(self) -> Iterator[BaseMailBox]:
        """Connect, log in and choose the folder; hang up at the end."""
        address = self._address
        with self._failing():
            connected = socket.create_connection((address.host, address.port), self._seconds)
        self._line = connected.dup()  # stays valid when TLS takes the other over, and shuts the same connection
        client: imaplib.IMAP4 | None = None
        try:
            with self.call():
                client = self._greeted(connected)
                mailbox = _MailBox(client)
                self._log_in(mailbox)
                mailbox.folder.set(address.folder)
            yield mailbox
            with suppress(Transient), self.call():
                client.logout()
        finally:
            if client is not None:
                with suppress(OSError, imaplib.IMAP4.error):
                    client.shutdown()
            _shut(self._line)
            self._line.close()
            connected.close()

    def _log_in(self, mailbox: BaseMailBox) -> None:
        user, password = self._address.user, self._address.password
        # Not each server has AUTHENTICATE PLAIN, and LOGIN takes ASCII only.
        log_in = mailbox.login if (user + password).isascii() else mailbox.login_utf8
        try:
            log_in(user, password, None)
        except imaplib.IMAP4.abort:  # the connection broke
            raise
        except (imaplib.IMAP4.error, MailboxLoginError) as error:
            raise Permanent(
                f"{self._where} refuses the login: check user and password in BRIEFINGS_IMAP_URL"
            ) from error

    def _greeted(self, connected: socket.socket) -> imaplib.IMAP4:
        address = self._address
        if address.security is Security.TLS:
            connected = self._tls.wrap_socket(connected, server_hostname=address.host)
        client = _Client(connected, address.host)
        if address.security is Security.STARTTLS:
            client.starttls(self._tls)
        return client

    @contextmanager
    def call(self) -> Iterator[None]:
        """Give what is done inside its deadline. Raises Transient when that has passed or the connection breaks."""
        passed = threading.Event()

        def expire() -> None:
            passed.set()
            _shut(self._line)

        timer = threading.Timer(self._seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            with self._failing(passed):
                yield
        finally:
            timer.cancel()

    @contextmanager
    def _failing(self, passed: threading.Event | None = None) -> Iterator[None]:
        try:
            yield
        except MailboxFolderSelectError as error:
            raise Permanent(f"{self._where} has no folder {self._address.folder!r}") from error
        except ssl.SSLCertVerificationError as error:
            raise Permanent(f"{self._where} has a certificate that is not trusted ({error.verify_message})") from error
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
            if isinstance(error, TimeoutError) or (passed is not None and passed.is_set()):
                raise Transient(f"{self._where} did not answer within {self._seconds:g} s") from error
            raise Transient(f"{self._where} failed: {_reason(error)}") from error


class _Client(imaplib.IMAP4):
    """Speaks over a socket that is connected already: only then can a deadline reach the greeting, too."""

    def __init__(self, connected: socket.socket, host: str) -> None:
        self._connected = connected
        super().__init__(host)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return self._connected


class _MailBox(BaseMailBox):
    """imap-tools' mailbox over such a client."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._given = client
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._given


def _reason(error: Exception) -> str:
    """Return one line; of a server's own words only the start, for they may be long."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def _shut(one: socket.socket) -> None:
    with suppress(OSError):  # already gone, which is what is wanted
        one.shutdown(socket.SHUT_RDWR)
