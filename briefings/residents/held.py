"""Held: everything that is kept about one person, for them to read (UK GDPR article 15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, select

from briefings.residents.asking import Askings
from briefings.store.engine import reading
from briefings.store.people import askings, subscribers
from briefings.store.tables import deliveries
from briefings.subscribers import consent
from briefings.subscribers.address import normalised
from briefings.subscribers.enrol import load_by_id
from briefings.subscribers.register import Register


def held(engine: Engine, subscriber_id: int) -> dict[str, Any] | None:
    """Return it as JSON has it, times in UTC (ISO 8601), lists oldest first; None for nobody.

    What residents answer to questions is kept without saying who wrote it, so none of it can be found here.
    """
    with reading(engine) as connection:
        subscriber = load_by_id(connection, subscriber_id)
        if subscriber is None:
            return None
        row = connection.execute(select(subscribers).where(subscribers.c.id == subscriber_id)).one()
        mails = connection.execute(
            select(deliveries.c.briefing, deliveries.c.purpose, deliveries.c.locale, deliveries.c.state,
                   deliveries.c.changed_at, deliveries.c.detail)
            .where(deliveries.c.subscriber_id == subscriber_id)
            .order_by(deliveries.c.id)
        ).all()  # fmt: skip
        asked = connection.execute(
            select(askings).where(askings.c.subscriber_id == subscriber_id).order_by(askings.c.asked_at)
        ).all()
        choices = subscriber.choices
        return {
            "address": subscriber.email,
            "choices": {
                "language": choices.locale,
                "regions": list(choices.regions),
                "wards": list(choices.wards),
                "frequency": choices.frequency.value,
                "format": choices.format.value,
            },
            "signed_up": _at(row.created_at),
            "confirmed": _at(row.confirmed_at),
            "paused_until": _at(row.paused_until),
            "left": _at(row.ended_at),
            "left_how": row.end_reason or "",
            "consents": [
                {"what": one.action.value, "when": _at(one.at), "where": one.source, "words": one.words,
                 "language": one.locale}
                for one in consent.history(connection, subscriber_id)
            ],
            "requests": [_request(one) for one in asked],
            "deliveries": [
                {"briefing": mail.briefing, "kind": mail.purpose, "language": mail.locale, "state": mail.state,
                 "when": _at(mail.changed_at), "note": mail.detail}
                for mail in mails
            ],
        }  # fmt: skip


def held_at(register: Register, secret: bytes, address: str) -> dict[str, Any] | None:
    """Return what is held about whoever has an address, has only asked for something with it, or was erased.

    Of the erased, only that they are not to be mailed again, and why; None for nobody.
    """
    known = register.find(address)
    if known is not None:
        return held(register.engine, known.id)
    wanted = normalised(address)
    of_address = askings.c.address_hash == Askings(register.engine, secret).address_hash(wanted)
    with reading(register.engine) as connection:
        asked = connection.execute(select(askings).where(of_address).order_by(askings.c.asked_at)).all()
        reason = register.suppressions.reason(connection, wanted)
    if not asked and reason is None:
        return None
    found = {"address": wanted, "requests": [_request(one) for one in asked]}
    return found if reason is None else {**found, "never_mailed_because": reason.value}


def _request(row: Row[Any]) -> dict[str, Any]:
    return {"what": row.kind, "when": _at(row.asked_at), "address": row.email, "confirmed": _at(row.confirmed_at)}


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
