"""The journal: a database that was restored from a copy is told from one that is up to date."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from briefings.delivery.journal import Journal
from briefings.delivery.ledger import Ledger
from briefings.delivery.rows import Result
from briefings.model.channel import Channel
from briefings.model.delivery import DeliveryState
from briefings.model.errors import Refused
from briefings.store.engine import open_engine, writing
from briefings.store.tables import journals
from tests.delivery.ledger_rows import JOB, NOW, planned, states

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def send(engine: Engine, folder: Path, count: int) -> None:
    """Send as many mails as a group commit does: marked, then recorded."""
    with Journal(folder) as journal:
        journal.open(engine)
        ledger = Ledger(engine, "one", journal)
        rows = ledger.claim(JOB, Channel.EMAIL, count, NOW)
        ledger.turn((), rows, JOB, NOW)
        ledger.turn([Result(row.id, DeliveryState.SENT) for row in rows], (), JOB, NOW)
        ledger.close()


@pytest.fixture
def restored(engine: Engine, tmp_path: Path) -> Callable[[], Engine]:
    """Copy a SQLite database now; give what puts the copy back."""
    planned(engine, 6)
    send(engine, tmp_path / "senders", 2)
    engine.dispose()
    shutil.copy(tmp_path / "briefings.db", tmp_path / "copy.db")

    def restore() -> Engine:
        engine.dispose()
        for name in ("briefings.db-wal", "briefings.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        shutil.copy(tmp_path / "copy.db", tmp_path / "briefings.db")
        return open_engine(f"sqlite:///{tmp_path / 'briefings.db'}")

    return restore


def test_a_database_that_is_up_to_date_is_sent_from_again_and_again(engine: Engine, tmp_path: Path) -> None:
    planned(engine, 6)

    for _ in range(3):
        send(engine, tmp_path / "senders", 2)

    assert states(engine) == {"sent": 6}


@only_sqlite
def test_a_copy_from_before_the_last_mail_is_refused_until_somebody_accepts_it(
    engine: Engine, tmp_path: Path, restored: Callable[[], Engine]
) -> None:
    send(engine, tmp_path / "senders", 1)
    old = restored()

    with pytest.raises(Refused, match="restored from a copy"):
        send(old, tmp_path / "senders", 1)
    with Journal(tmp_path / "senders") as journal, writing(old) as connection:
        journal.accept(connection)
    send(old, tmp_path / "senders", 4)

    assert states(old) == {"sent": 6}
    old.dispose()


@only_sqlite
def test_a_copy_from_after_the_last_mail_is_as_good_as_the_original(
    engine: Engine, tmp_path: Path, restored: Callable[[], Engine]
) -> None:
    same = restored()

    send(same, tmp_path / "senders", 4)

    assert states(same) == {"sent": 6}
    same.dispose()


def test_a_new_database_under_an_old_data_folder_is_no_restored_one(engine: Engine, tmp_path: Path) -> None:
    with Journal(tmp_path / "senders") as journal:
        journal.note(17)

        journal.open(engine)
        journal.open(engine)

    planned(engine, 1)
    send(engine, tmp_path / "senders", 1)
    assert states(engine) == {"sent": 1}


def test_a_ledger_that_does_not_know_this_folder_is_refused(engine: Engine, tmp_path: Path) -> None:
    planned(engine, 1)
    with Journal(tmp_path / "senders") as journal:
        journal.note(3)

        with pytest.raises(Refused, match="older than what was sent"):
            journal.open(engine)


def test_two_that_begin_a_folder_share_its_number(engine: Engine, tmp_path: Path) -> None:
    with Journal(tmp_path / "senders") as one, Journal(tmp_path / "senders") as other:
        one.note(5)
        other.note(4)

        assert one.id == other.id
        with writing(engine) as connection:
            planned_before = other.is_ahead(connection)
    assert not planned_before, "there is no ledger yet"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.postgres
def test_senders_that_begin_while_others_send_from_the_same_folder_are_let_in(engine: Engine, tmp_path: Path) -> None:
    planned(engine, 1)
    refused: list[Exception] = []
    together, over = threading.Barrier(4), threading.Event()

    def send_on() -> None:
        with Journal(tmp_path / "senders") as journal:
            together.wait()
            while not over.is_set():
                with writing(engine) as connection:
                    counted = update(journals).where(journals.c.id == journal.id).returning(journals.c.generation)
                    generation = connection.scalar(counted.values(generation=journals.c.generation + 1))
                journal.note(generation or 0)

    def begin() -> None:
        together.wait()
        for _ in range(200):
            try:
                with Journal(tmp_path / "senders") as journal:
                    journal.open(engine)
            except Exception as error:
                refused.append(error)

    threads = [threading.Thread(target=begin) for _ in range(3)]
    sending = threading.Thread(target=send_on)
    for thread in (sending, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    sending.join()

    assert refused == []
