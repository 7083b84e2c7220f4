"""Erasing: the address is nowhere any more but in a keyed hash; the database's own bytes are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select, text

from briefings.delivery.bounces import ReturnKind
from briefings.delivery.returned import ReturnedMail
from briefings.residents.asking import VALID_FOR
from briefings.residents.door import Door
from briefings.residents.erasing import erase_address, forget_log
from briefings.residents.held import held_at
from briefings.residents.own import Own
from briefings.residents.postbag import Postbag
from briefings.store.engine import reading
from briefings.store.people import subscribers, suppressions
from briefings.store.tables import metadata
from briefings.subscribers.consent import ConsentAction
from briefings.subscribers.exchange import export_csv
from briefings.subscribers.register import Register
from briefings.subscribers.subscriber import Choices, Enrolment
from briefings.subscribers.suppression import SuppressionReason
from briefings.subscribers.tokens import TokenPurpose, Tokens

from .conftest import NOW, SECRET, WORDS, posted, preferences, rows, wish

HOUR = timedelta(hours=1)
ANA = "ana.unmistakable@example.org"


def enrolled(register: Register, email: str) -> int:
    choices = Choices("ro", ("north",), ("W1", "W2"))
    subscriber, _ = register.add(Enrolment(email, choices, "web form", WORDS, NOW), NOW)
    return subscriber.id


def everywhere(engine: Engine, needle: str) -> Iterator[str]:
    """Yield the tables, and on SQLite the files, in which a text stands."""
    with reading(engine) as connection:
        for table in inspect(engine).get_table_names():
            for row in connection.execute(text(f"SELECT * FROM {table}")):  # names of our own tables
                if needle in repr(tuple(row)).lower():
                    yield table
    if engine.dialect.name == "sqlite":
        database = Path(str(engine.url.database))
        for path in database.parent.glob(f"{database.name}*"):
            if needle.encode() in path.read_bytes().lower():
                yield path.name


def test_nothing_is_left_of_the_address_but_a_keyed_hash(
    door: Door, own: Own, register: Register, engine: Engine
) -> None:
    register.add_all(
        (Enrolment(f"n{n}@example.org", Choices("ro", ("north",)), "web form", WORDS, NOW) for n in range(2000)), NOW
    )
    ana = enrolled(register, ANA)
    door.subscribe(wish(ANA), NOW)
    door.send_link(ANA, "ro", NOW)
    door.move(ana, "unmistakable.too@example.org", NOW)
    own.choose(preferences(ana), Choices("ur", ("south",)))
    own.pause(preferences(ana), date(2026, 5, 1), NOW)
    there = set(everywhere(engine, "unmistakable"))

    is_erased, again = own.erase(preferences(ana), NOW), own.erase(preferences(ana), NOW)

    assert {"subscribers", "askings"} <= there
    assert (is_erased, again) == (True, False)
    assert list(everywhere(engine, "unmistakable")) == []
    assert rows(engine) == []
    with reading(engine) as connection:
        assert register.suppressions.reason(connection, ANA) is SuppressionReason.UNSUBSCRIBED
        tombstone = connection.execute(select(subscribers).where(subscribers.c.id == ana)).one()
    assert (tombstone.email, tombstone.confirmed_at, tombstone.end_reason) == (f"erased:{ana}", None, "erased")
    assert register.consents(ana) == ()


def test_many_erased_among_many_leave_no_trace_in_the_files(own: Own, register: Register, engine: Engine) -> None:
    people = [f"un{n}mistakable.{'x' * (n % 40 + 1)}@example.org" for n in range(600)]
    register.add_all((Enrolment(one, Choices("ro", ("north",)), "web form", WORDS, NOW) for one in people), NOW)
    with reading(engine) as connection:
        ids = list(connection.scalars(select(subscribers.c.id).order_by(subscribers.c.email)))

    for one in ids:
        own.erase(preferences(one), NOW)

    assert list(everywhere(engine, "mistakable")) == []
    assert register.count().active == 0


def test_a_letter_to_an_old_address_is_forgotten_too(door: Door, own: Own, register: Register, engine: Engine) -> None:
    ana = enrolled(register, ANA)
    door.move(ana, "new@example.org", NOW)
    (token,) = posted(engine)
    door.confirm(token, NOW)
    there = set(everywhere(engine, "unmistakable"))

    own.erase(preferences(ana), NOW)

    assert "askings" in there
    assert list(everywhere(engine, "unmistakable")) == []
    assert door.confirm(token, NOW) is None


def test_what_was_worse_than_an_unsubscribe_stays_so(own: Own, register: Register, engine: Engine) -> None:
    ana = enrolled(register, ANA)
    register.suppress(ANA, SuppressionReason.COMPLAINED, NOW)

    own.erase(preferences(ana), NOW)

    with reading(engine) as connection:
        assert register.suppressions.reason(connection, ANA) is SuppressionReason.COMPLAINED


def test_who_was_erased_may_come_back_as_somebody_new(door: Door, own: Own, register: Register, engine: Engine) -> None:
    ana = enrolled(register, ANA)
    own.erase(preferences(ana), NOW)
    door.subscribe(wish(ANA), NOW + HOUR)
    (token,) = posted(engine, NOW + HOUR)

    back = door.confirm(token, NOW + HOUR)

    assert back is not None
    assert back.is_active
    assert back.id > ana
    assert [record.action for record in register.consents(back.id)] == [ConsentAction.GIVEN]


def test_nobody_meets_the_tombstone(own: Own, register: Register, engine: Engine, tmp_path: Path) -> None:
    ana, bo = enrolled(register, ANA), enrolled(register, "bo@example.org")
    own.erase(preferences(ana), NOW)
    exported = tmp_path / "export.csv"

    with exported.open("w") as file:
        export_csv(engine, file)
    unsubscribed = register.unsubscribe(ana, "one-click", NOW)
    token = Tokens(SECRET).token(TokenPurpose.UNSUBSCRIBE, ana)
    back = own.come_back(token, NOW)
    returned = ReturnedMail(engine, SECRET, "reply.example", tmp_path / "returned")
    raw = b"From: a@example.org\r\nSubject: stop\r\n\r\nstop\r\n"
    taken = returned.take(raw, returned.addresses.recipient(f"unsubscribe+{token}@reply.example"), "a@example.org", NOW)

    assert "erased" not in exported.read_text()
    assert "bo@example.org" in exported.read_text()
    assert (register.get(ana), unsubscribed, back) == (None, None, None)
    assert taken.kind is ReturnKind.UNSUBSCRIBE
    with reading(engine) as connection:
        assert len(connection.execute(select(suppressions)).all()) == 1
    assert register.get(bo) is not None


def test_files_that_name_the_address_are_cleared(register: Register, tmp_path: Path) -> None:
    refused, returned = tmp_path / "quarantine", tmp_path / "returned"
    refused.mkdir()
    returned.mkdir()
    (refused / "list.csv").write_text(f"problem,email\nx,{ANA.upper()}\ny,bo@example.org\n")
    (refused / "only.csv").write_text(f"problem,email\nx,{ANA}\n")
    (returned / "one.eml").write_text(f"To: x@example.org\n\nOriginal-Recipient: rfc822;{ANA}\n")
    (returned / "two.eml").write_text("To: x@example.org\n\nabout bo@example.org\n")
    ana = enrolled(register, ANA)

    Own(register, SECRET, [refused, returned, tmp_path / "not there"]).erase(preferences(ana), NOW)

    assert (refused / "list.csv").read_text() == "problem,email\ny,bo@example.org\n"
    assert sorted(path.name for path in tmp_path.glob("*/*")) == ["list.csv", "two.eml"]
    assert (refused / "list.csv").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "written",
    [
        "o@bücher.example",
        "O@BÜCHER.EXAMPLE",
        "o@bu\u0308cher.example",
        "o@xn--bcher-kva.example",
        "'o@bücher.example",
        "Ola <o@bücher.example>",
        "o@bücher.example.",
        '"\nOla\no@bücher.example"',
    ],
)
def test_an_address_is_found_however_it_is_written_and_not_within_another(
    register: Register, tmp_path: Path, written: str
) -> None:
    others = "x,jo@bücher.example\r\nx,o@bücher.example.org\r\nx,o@bücher.example-shop.org\r\nx,ro.o@bücher.example\r\n"
    refused = tmp_path / "list.csv"
    refused.write_bytes(f"problem,email\r\nx,{written}\r\n{others}".encode())
    ola = enrolled(register, "o@bücher.example")

    Own(register, SECRET, [tmp_path]).erase(preferences(ola), NOW)

    assert refused.read_bytes() == f"problem,email\r\n{others}".encode()


def test_returned_mail_is_read_as_it_is_encoded(register: Register, tmp_path: Path) -> None:
    (tmp_path / "soft.eml").write_text("To: x@example.org\n\nabout ana.unmistak=\nable=40example.org\n")
    (tmp_path / "other.eml").write_text("To: x@example.org\n\nabout diana.unmistakable@example.org\n")
    ana = enrolled(register, ANA)

    Own(register, SECRET, [tmp_path]).erase(preferences(ana), NOW)

    assert [path.name for path in tmp_path.glob("*.eml")] == ["other.eml"]


def test_who_only_asked_for_something_is_erased_by_their_address(
    door: Door, register: Register, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text("problem,email\nx,unmistakable.row@example.org\ny,bo@example.org\n")
    door.subscribe(wish(ANA), NOW)
    door.subscribe(wish("bo@example.org"), NOW)

    by_asking = erase_address(register, SECRET, f" {ANA.upper()} ", [tmp_path], NOW)
    by_file = erase_address(register, SECRET, "unmistakable.row@example.org", [tmp_path], NOW)
    again = erase_address(register, SECRET, ANA, [tmp_path], NOW)

    assert (by_asking, by_file, again) == (True, True, False)
    assert list(everywhere(engine, "unmistakable")) == []
    assert [row["email"] for row in rows(engine)] == ["bo@example.org"]
    assert (tmp_path / "list.csv").read_text() == "problem,email\ny,bo@example.org\n"


def test_a_tombstone_is_nobody_s_address(own: Own, register: Register, engine: Engine) -> None:
    ana = enrolled(register, ANA)
    own.erase(preferences(ana), NOW)

    found = register.find(f"erased:{ana}"), held_at(register, SECRET, f"erased:{ana}")
    is_erased = erase_address(register, SECRET, f"erased:{ana}", [], NOW)

    assert (found, is_erased) == ((None, None), False)
    with reading(engine) as connection:
        assert len(connection.execute(select(suppressions)).all()) == 1


def test_what_is_held_about_who_only_asked_is_told(door: Door, register: Register) -> None:
    door.send_link(ANA, "ro", NOW)
    enrolled(register, "bo@example.org")

    asked, subscribed, unknown = (
        held_at(register, SECRET, one) for one in (ANA.upper(), "bo@example.org", "nobody@example.org")
    )

    assert asked == {
        "address": ANA,
        "requests": [{"what": "link", "when": "2026-04-17T09:00:00Z", "address": ANA, "confirmed": None}],
    }
    assert subscribed is not None
    assert subscribed["choices"]["regions"] == ["north"]
    assert unknown is None


def test_of_the_erased_it_is_told_that_they_are_not_mailed(own: Own, register: Register) -> None:
    ana = enrolled(register, ANA)
    own.erase(preferences(ana), NOW)

    found = held_at(register, SECRET, ANA)

    assert found == {"address": ANA, "requests": [], "never_mailed_because": "unsubscribed"}


def test_every_column_that_is_made_for_an_address_is_known() -> None:
    """A new column of this kind must be thought of in `erasing.py`."""
    named = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if "mail" in column.name or "address" in column.name
    }

    assert named == {"subscribers.email", "askings.email", "askings.address_hash", "suppressions.address_hash"}


def test_what_is_purged_leaves_no_trace_in_the_files(door: Door, register: Register, engine: Engine) -> None:
    for number in range(400):
        door.subscribe(wish(f"un{number}mistakable.{'x' * (number % 40 + 1)}@example.org"), NOW)
    there = set(everywhere(engine, "mistakable"))

    number = Postbag(register, lambda address: True, 100).purge(NOW + VALID_FOR)
    forget_log(engine)

    assert "askings" in there
    assert number == 400
    assert list(everywhere(engine, "mistakable")) == []
