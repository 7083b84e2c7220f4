"""Whoever calls a mailing off while senders mark its rows gets it called off, on PostgreSQL too."""

from __future__ import annotations

import threading
import time
from random import Random

import pytest
from sqlalchemy import Engine, update

from briefings.delivery.ledger import Ledger
from briefings.delivery.plan import cancel_waiting
from briefings.delivery.rows import Result
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.store.engine import writing
from briefings.store.tables import deliveries
from tests.delivery.ledger_rows import JOB, NOW, planned, states


def send(engine: Engine, name: str) -> None:
    """Claim, mark and record as a mailing does; the order of a group is that of its connections: none."""
    ledger, chance, sent = Ledger(engine, name), Random(name), list[Result]()
    while rows := ledger.claim(JOB, Channel.EMAIL, 500, NOW):
        for start in range(0, len(rows), 50):
            group = rows[start : start + 50]
            chance.shuffle(group)
            turn = ledger.turn(sent, group, JOB, NOW)
            sent = [Result(id, DeliveryState.SENT) for id in turn.may]
    ledger.turn(sent, (), JOB, NOW)
    ledger.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.postgres
def test_a_mailing_is_called_off_while_senders_are_at_work(engine: Engine) -> None:
    planned(engine, 4000)
    troubles = list[Exception]()

    def work(name: str) -> None:
        try:
            send(engine, name)
        except Exception as error:
            troubles.append(error)

    for _ in range(4):
        with writing(engine) as connection:
            connection.execute(update(deliveries).values(state="queued", sender=None))
        senders = [threading.Thread(target=work, args=(f"s{number}",)) for number in range(3)]
        for sender in senders:
            sender.start()
        time.sleep(0.15)
        try:
            with writing(engine) as connection:
                cancel_waiting(connection, JOB.briefing, "called off", NOW)
        except Exception as error:
            troubles.append(error)
        for sender in senders:
            sender.join()

    assert troubles == []
    assert set(states(engine)) <= {"sent", "cancelled"}
