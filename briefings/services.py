"""The composition root: settings in, working parts out. The only place that picks adapters."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import Engine

from briefings import outside
from briefings.delivery.compose import Letterhead
from briefings.delivery.endpoint import is_this_machine
from briefings.delivery.mailing import MailServer
from briefings.delivery.quarantine import RETURNED_FOLDER
from briefings.editorial.desk import Desk
from briefings.engines import ENGINES
from briefings.model.errors import Refused
from briefings.rendering.templates import environment
from briefings.settings import CHECKOUT, DeliveryMode, Settings
from briefings.store.engine import migrate, open_engine

if TYPE_CHECKING:
    from briefings.delivery.channels.x import XChannel
    from briefings.delivery.dkim import Signer
    from briefings.delivery.returned import ReturnedMail
    from briefings.residents.door import Door
    from briefings.residents.own import Own
    from briefings.residents.post import Poster
    from briefings.residents.postcodes import Postcodes
    from briefings.responses.inboxes.imap import ImapInbox
    from briefings.translation.machine import Drafting


MIN_SECRET = 16
REFUSED_FOLDER = "quarantine"
"""In the data folder: rows of imported lists that were refused."""


class Services:
    """The parts of one installation, made when first asked for."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()

    @cached_property
    def engine(self) -> Engine:
        """The database, its tables up to date."""
        url = self.settings.database_url or f"sqlite:///{self.settings.data_dir / 'briefings.db'}"
        engine = open_engine(url)
        migrate(engine)
        return engine

    @cached_property
    def desk(self) -> Desk:
        settings = self.settings
        return Desk(
            root=settings.root,
            data_dir=settings.data_dir,
            engine=self.engine,
            locale_folders=self.locale_folders,
            templates=environment(self.template_folders),
            public_url=settings.public_url,
            secret=self.secret,
            letterhead=self._letterhead,
            mail_server=self._mail_server,
            may_mail=outside.may_mail(settings),
            open_x=self._x,
            open_drafting=self._drafting,
            engine_names=outside.words(settings.engines),
            engine_seconds=settings.engine_deadline,
            lease=timedelta(seconds=settings.lease),
            is_sandbox=self.is_sandbox,
            hub=outside.hub(settings),
            template_folders=self.template_folders,
        )

    @cached_property
    def door(self) -> Door:
        """What residents may ask for with an address alone."""
        from briefings.residents.door import Door

        return Door(self.desk.register, self.secret)

    @cached_property
    def own(self) -> Own:
        """What a resident with a link to their preferences may do."""
        from briefings.residents.own import Own

        return Own(self.desk.register, self.secret, self.folders_with_addresses)

    @cached_property
    def postcodes(self) -> Postcodes:
        """Which ward a postcode lies in, where they have been imported."""
        from briefings.residents.postcodes import Postcodes

        return Postcodes(self.engine, self.desk.content.places)

    @cached_property
    def poster(self) -> Poster:
        """What looks at the wishes that came in by the door, and sends the letters about them."""
        from briefings.residents.asking import Askings
        from briefings.residents.letters import Letters
        from briefings.residents.post import Poster
        from briefings.residents.postbag import Postbag

        desk, askings = self.desk, Askings(self.engine, self.secret)
        return Poster(
            Postbag(desk.register, desk.may_mail, self.settings.letters_per_hour),
            lambda: Letters(askings, desk.letterhead(), desk.site, desk.templates),
            desk.mail_server,
        )

    def post_office(self) -> AbstractContextManager[object]:
        """Send letters about once a second while this is open."""
        from briefings.residents.post import PosterThread

        return PosterThread(self.poster, lambda: datetime.now(UTC))

    @property
    def folders_with_addresses(self) -> list[Path]:
        """Where files may name an address that was erased: refused rows of imports, returned mail nobody could read."""
        return [self.settings.data_dir / name for name in (REFUSED_FOLDER, RETURNED_FOLDER)]

    @property
    def locale_folders(self) -> list[Path]:
        """The installation's own catalogs and glossaries first, then those that ship with the product."""
        return [self.settings.root / "locales", CHECKOUT / "locales"]

    @property
    def template_folders(self) -> list[Path]:
        """The installation's own templates first, then those that ship with the product."""
        return [self.settings.root / "templates", CHECKOUT / "templates"]

    @cached_property
    def secret(self) -> bytes:
        """The key that signs links. In the sandbox one is made and kept; elsewhere it must be set."""
        given = self.settings.secret_key.get_secret_value().encode()
        if given:
            if len(given) < MIN_SECRET:
                raise Refused(f"BRIEFINGS_SECRET_KEY is too short: use at least {MIN_SECRET} random characters")
            return given
        if not self.is_sandbox:
            raise Refused("BRIEFINGS_SECRET_KEY must be set outside the sandbox: links are signed with it")
        path = self.settings.data_dir / "secret.key"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            with suppress(FileExistsError):
                os.link(made, path)  # whole or not at all, and the first one stays
            made.unlink()
        return path.read_text().strip().encode()

    def stand_ins(self) -> AbstractContextManager[object]:
        """Start the stand-ins that we talk to, unless somebody runs them for this data folder already.

        In allow-list mode that is the one for X. Mail that comes back goes to the LMTP port, where one is set.

        A default port that something else has is no hindrance: then any free one is taken.
        """
        settings = self.settings
        if settings.delivery_mode is DeliveryMode.LIVE or (settings.smtp_url and settings.x_api_url):
            return nullcontext()
        from briefings.sandbox.ports import HOST, listening, running_ports

        if running_ports(settings.data_dir):
            return nullcontext()
        from briefings.sandbox.return_road import ReturnRoad
        from briefings.sandbox.run import StandIns

        smtp, x = settings.sandbox_smtp_port, settings.sandbox_x_port
        road = ReturnRoad(HOST, settings.lmtp_port, settings.reply_domain) if settings.lmtp_port else None
        return StandIns(settings.data_dir, 0 if listening(smtp) else smtp, 0 if listening(x) else x, road=road)

    def returned_mail(self) -> ReturnedMail:
        """Return what takes in mail that came back, whichever inbox brings it."""
        from briefings.delivery.returned import ReturnedMail

        return ReturnedMail(
            self.engine, self.secret, self.settings.reply_domain, self.settings.data_dir / RETURNED_FOLDER
        )

    def lmtp_inbox(self) -> AbstractContextManager[object]:
        """Listen for returned mail while this is open, if a port is set."""
        if not self.settings.lmtp_port:
            return nullcontext()
        from briefings.responses.inboxes.lmtp import LmtpInbox

        return LmtpInbox(self.returned_mail(), self.settings.lmtp_port)

    def imap_inbox(self) -> ImapInbox | None:
        """Return the mailbox of returned mail, or None where none is set. Raises Refused for a wrong URL."""
        url = self.settings.imap_url.get_secret_value()
        if not url:
            return None
        from briefings.responses.inboxes.imap import ImapInbox

        return ImapInbox(url, self.settings.imap_timeout, self.returned_mail())

    def _stand_in_ports(self) -> tuple[int, int]:
        from briefings.sandbox.ports import running_ports

        defaults = self.settings.sandbox_smtp_port, self.settings.sandbox_x_port
        return running_ports(self.settings.data_dir) or defaults

    @property
    def is_sandbox(self) -> bool:
        return self.settings.delivery_mode is DeliveryMode.SANDBOX

    @property
    def is_local(self) -> bool:
        """True where the site itself is on this machine: a trial, which may link to itself."""
        return is_this_machine(urlsplit(self.settings.public_url).hostname or "")

    @property
    def web_port(self) -> int:
        return self.settings.web_port or urlsplit(self.settings.public_url).port or 8000

    @property
    def security_contact(self) -> str:
        """Where a weakness of the site may be reported; empty where none is set. Raises Refused for no such address."""
        given = self.settings.security_contact.strip()
        is_address = given.startswith(("https://", "mailto:", "tel:")) or (":" not in given and "@" in given)
        if given and not (is_address and given.isascii() and given.isprintable() and " " not in given):
            raise Refused(
                "BRIEFINGS_SECURITY_CONTACT must be an email address, or begin with https://, mailto: or tel:"
            )
        return given

    def _mail_server(self) -> MailServer:
        return outside.mail_server(self.settings, self._stand_in_ports()[0])

    def limit_rate(self, per_second: float) -> None:
        """Send at most so many mails a second in this process, whatever the settings say; 0: no limit."""
        self.settings = self.settings.model_copy(update={"smtp_rate": per_second})

    def _letterhead(self) -> Letterhead:
        settings = self.settings
        borough = self.desk.content.places.borough
        name = f"{borough.name} community safety"
        sender = settings.sender or f'"{name}" <briefings@{settings.reply_domain}>'
        return Letterhead(sender, settings.reply_domain, settings.public_url, name, self.secret, self.signer)

    @cached_property
    def signer(self) -> Signer | None:
        """What signs our mail (DKIM); None where no key is set. Raises Refused for a key that cannot be used."""
        return outside.signer(self.settings)

    def _x(self) -> XChannel:
        return outside.x_channel(self.settings, self._stand_in_ports()[1])

    def _drafting(self, names: Sequence[str]) -> Drafting:
        """Return engines by name, ready for one run. Raises Refused for an unknown one or a missing setting."""
        from briefings.translation.machine import Budget, Drafting

        if unknown := [name for name in names if name not in ENGINES]:
            raise Refused(
                f"there is no translation engine {unknown[0]!r}; there are: {', '.join(ENGINES)} "
                "(BRIEFINGS_ENGINES, or engines in channels.yaml)"
            )
        engines = [ENGINES[name](self.settings) for name in names]
        budget = Budget(self.engine, self.settings.engine_budget, lambda: datetime.now(UTC))
        chance = Random()  # noqa: S311  # spreads retries, keeps no secret
        return Drafting(engines, clock=time.monotonic, sleep=time.sleep, random=chance, budget=budget)


def clock(at: str | None, zone: tzinfo) -> Callable[[], datetime]:
    """Return the clock: the machine's, or one that stands at an ISO time. Raises Refused for no time.

    A time without a zone is wall time in `zone`.
    """
    if at is None:
        return lambda: datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise Refused(f"{at!r} is not a time: write it as 2026-11-20T09:00 or 2026-11-20T09:00Z") from None
    fixed = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return lambda: fixed
