"""What follows from a mail that came back: in one transaction with the row that makes it count once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from briefings import log
from briefings.delivery import mail_status
from briefings.delivery.bounces import Returned, ReturnKind, ReturnReader
from briefings.delivery.complaints import break_on_complaints
from briefings.delivery.quarantine import Quarantine
from briefings.delivery.return_address import Recipient, ReturnAddresses
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.model.errors import Transient
from briefings.store.engine import writing
from briefings.store.people import subscribers
from briefings.store.tables import deliveries, returns
from briefings.subscribers.address import is_tombstone
from briefings.subscribers.consent import last_move
from briefings.subscribers.ending import end_by_own_wish
from briefings.subscribers.suppression import SuppressionReason, Suppressions

BOUNCES_IN_A_ROW = 3
BOUNCE_WINDOW = timedelta(days=90)
"""An address that exists, but refused three briefings one after the other within this time, is given up."""

_ABOUT_A_MAIL = frozenset({ReturnKind.CANARY, ReturnKind.COMPLAINT})
_MAY_HAVE_ARRIVED = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNCERTAIN, DeliveryState.FAILED)


@dataclass(frozen=True)
class Taken:
    """What a mail was, and whether it is here for the first time."""

    kind: ReturnKind
    is_new: bool


class ReturnedMail:
    """Takes mail that came back. `folder` is where it keeps what it cannot read."""

    def __init__(self, engine: Engine, secret: bytes, reply_domain: str, folder: Path) -> None:
        self.addresses = ReturnAddresses(secret, reply_domain)
        self._engine = engine
        self._reader = ReturnReader(self.addresses)
        self._suppressions = Suppressions(secret)
        self._quarantine = Quarantine(folder)

    def take(self, raw: bytes, recipient: Recipient | None, sender: str | None, now: datetime) -> Taken:
        """Read one mail to one recipient and do what follows; it is committed when this returns.

        Raises Transient where it must be brought again later, as its delivery is being sent just
        now, and Refused where the quarantine is full.
        """
        try:
            returned = self._reader.read(raw, recipient, sender)
        except Exception as error:  # a fault of ours must not stop the mails behind this one
            log.event("mail-unread", error=type(error).__name__)
            returned = Returned(ReturnKind.OTHER, detail=f"could not be read ({type(error).__name__})")
        digest = hashlib.sha256(f"{recipient.address if recipient else ''}\n".encode() + raw).hexdigest()
        if returned.kind is ReturnKind.OTHER:
            self._quarantine.keep(digest, raw)
        return self._count(returned, digest, now)

    def note_oversized(self, head: bytes, size: int, now: datetime) -> Taken:
        """Count a mail that is too large to be fetched: `head` are its headers, `size` its bytes."""
        digest = hashlib.sha256(f"{size}\n".encode() + head).hexdigest()
        detail = f"{size >> 20} MiB: too large to be read, left where it is"
        return self._count(Returned(ReturnKind.OTHER, detail=detail), digest, now)

    def _count(self, returned: Returned, digest: str, now: datetime) -> Taken:
        with writing(self._engine) as connection:
            if returned.subscriber_id and not returned.delivery_id and returned.kind in _ABOUT_A_MAIL:
                returned = _with_newest_delivery(connection, returned)
            is_new = _add(connection, returned, digest, now)
            if is_new:
                self._act(connection, returned, now)
        log.event("mail-returned", kind=str(returned.kind), delivery=returned.delivery_id, status=returned.status)
        return Taken(returned.kind, is_new)

    def _act(self, connection: Connection, returned: Returned, now: datetime) -> None:
        if returned.kind is ReturnKind.BOUNCE:
            self._bounced(connection, returned, now)
        elif returned.kind is ReturnKind.COMPLAINT:
            subscriber = returned.subscriber_id or _subscriber_of(connection, returned.delivery_id)
            wish = SuppressionReason.COMPLAINED
            end_by_own_wish(connection, self._suppressions, subscriber, wish, "complained", now)
            break_on_complaints(connection, now)
        elif returned.kind is ReturnKind.UNSUBSCRIBE:
            wish = SuppressionReason.UNSUBSCRIBED
            end_by_own_wish(connection, self._suppressions, returned.subscriber_id, wish, "by mail", now)

    def _bounced(self, connection: Connection, returned: Returned, now: datetime) -> None:
        columns = deliveries.c.state, deliveries.c.subscriber_id, deliveries.c.changed_at
        query = select(*columns).where(deliveries.c.id == returned.delivery_id)
        row = connection.execute(query.with_for_update()).first()
        if row is None:
            return
        if row.state == DeliveryState.SENDING:
            # It came back before its sender has recorded that it went out, and would be overwritten.
            raise Transient("this delivery is being recorded just now; bring its bounce again later")
        connection.execute(
            update(deliveries)
            .where(
                deliveries.c.id == returned.delivery_id,
                deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.UNCERTAIN)),
            )
            .values(state=DeliveryState.FAILED, detail=_detail(returned), changed_at=now)
        )
        moved_at = last_move(connection, row.subscriber_id)
        if moved_at is not None and row.changed_at <= moved_at:
            return  # it is about the address from before
        is_dead = returned.status in mail_status.DEAD_ADDRESS
        if is_dead or (mail_status.is_hard(returned.status) and _keeps_bouncing(connection, row.subscriber_id, now)):
            self._suppress(connection, row.subscriber_id, now)

    def _suppress(self, connection: Connection, subscriber_id: int | None, now: datetime) -> None:
        address = connection.scalar(select(subscribers.c.email).where(subscribers.c.id == subscriber_id))
        if address is not None and not is_tombstone(address):
            self._suppressions.suppress(connection, address, SuppressionReason.BOUNCED, now)


def _add(connection: Connection, returned: Returned, digest: str, now: datetime) -> bool:
    """Insert the row of a mail; return False where it is there already."""
    values = {
        "digest": digest, "kind": returned.kind.value, "delivery_id": returned.delivery_id or None,
        "status": returned.status[:20], "detail": returned.detail[:300], "received_at": now,
    }  # fmt: skip
    make = postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert
    statement = make(returns).values(values).on_conflict_do_nothing().returning(returns.c.id)
    return connection.scalar(statement) is not None


def _detail(returned: Returned) -> str:
    return " ".join(word for word in ("bounced:", returned.status, returned.detail) if word)


def _subscriber_of(connection: Connection, delivery_id: int) -> int:
    return connection.scalar(select(deliveries.c.subscriber_id).where(deliveries.c.id == delivery_id)) or 0


def _with_newest_delivery(connection: Connection, returned: Returned) -> Returned:
    """Return it with the last mail that its subscriber can have got."""
    query = (
        select(deliveries.c.id)
        .where(
            deliveries.c.subscriber_id == returned.subscriber_id,
            deliveries.c.channel == Channel.EMAIL,
            deliveries.c.state.in_(_MAY_HAVE_ARRIVED),
        )
        .order_by(deliveries.c.id.desc())
        .limit(1)
    )
    return replace(returned, delivery_id=connection.scalar(query) or 0)


def _keeps_bouncing(connection: Connection, subscriber_id: int | None, now: datetime) -> bool:
    """Say whether the last three briefings that reached a verdict have all bounced hard.

    Counted back from the newest bounce, for the bounces of later mails may still be under way. A
    correction or follow-up belongs to its briefing. Policy (5.7.x), class 4 and unknown reasons say
    nothing about the address: they neither count nor break the row.
    """
    hard = returns.c.status.like("5.%") & returns.c.status.not_like("5.7.%")
    is_recent = returns.c.received_at >= now - BOUNCE_WINDOW
    bounced = select(returns.c.delivery_id).where(returns.c.kind == ReturnKind.BOUNCE, hard, is_recent)
    query = (
        select(deliveries.c.briefing, deliveries.c.state, deliveries.c.id.in_(bounced).label("has_bounced"))
        .where(deliveries.c.subscriber_id == subscriber_id, deliveries.c.channel == Channel.EMAIL)
        .order_by(deliveries.c.id.desc())
        .limit(200)
    )
    return _ends_in_a_row(list(connection.execute(query)))


def _ends_in_a_row(newest_first: list[Any]) -> bool:
    briefings: set[str] = set()
    for row in newest_first:
        if row.has_bounced:
            briefings.add(row.briefing)
        elif row.state == DeliveryState.SENT and briefings:
            return False
        if len(briefings) >= BOUNCES_IN_A_ROW:
            return True
    return False
