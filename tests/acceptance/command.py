"""The command line as a person runs it: real processes, a data folder of their own, stand-ins that outlive them."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import make_url, text

from briefings.content.loader import load_content
from briefings.sandbox.caught import CaughtSummary
from briefings.sandbox.run import StandIns
from briefings.sandbox.x_timeline import ACCOUNT
from briefings.settings import CHECKOUT
from briefings.store.engine import migrate, open_engine
from briefings.translation.catalogs import Catalogs
from briefings.translation.message_texts import kind_texts
from briefings.translation.sign_offs import sign
from tests.conftest import create_database, free_port

PATIENCE = 240.0
"""Seconds until a command is given up: the machine may be busy with other things."""


@dataclass(frozen=True)
class Finished:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Installation:
    """A root and a data folder. `environment` holds settings without their prefix."""

    data_dir: Path
    root: Path = CHECKOUT
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, code: int | None = 0) -> Finished:
        """Run a command to its end; `code` is the exit code that is expected, None: any."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finished = Finished(process.returncode, out, err)
        shown = f"briefings {' '.join(arguments)} ended with {finished.code}\n{out}\n{err}"
        assert "Traceback" not in err, shown
        assert code is None or finished.code == code, shown
        return finished

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, so that it can be killed with all it started."""
        return subprocess.Popen(
            [sys.executable, "-m", "briefings", *arguments],
            env={**os.environ, **self.settings()},
            cwd=self.data_dir.parent,  # no developer's .env lies there
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def settings(self) -> dict[str, str]:
        given = {"ROOT": str(self.root), "DATA_DIR": str(self.data_dir), **self.environment}
        return {"PYTHONPATH": str(CHECKOUT), **{f"BRIEFINGS_{name}": value for name, value in given.items()}}

    def having(self, **settings: str) -> Installation:
        """Return the same installation with other settings."""
        return replace(self, environment={**self.environment, **settings})

    def copy(self, folder: Path, root: Path | None = None) -> Installation:
        """Copy the data into a folder; a PostgreSQL database is copied too."""
        target = folder / "data"
        shutil.copytree(self.data_dir, target)
        environment = dict(self.environment)
        if url := environment.get("DATABASE_URL"):
            environment["DATABASE_URL"] = create_database(_server(url), str(make_url(url).database))
        return replace(self, data_dir=target, root=root or self.root, environment=environment)

    def sign_messages(self, by: str = "A native speaker") -> None:
        """Sign off every kind of urgent message in every locale, as `messages sign` does for one."""
        content = load_content(self.root, templates=[self.root / "templates", CHECKOUT / "templates"])
        catalogs = Catalogs([self.root / "locales", CHECKOUT / "locales"])
        engine = open_engine(self.environment.get("DATABASE_URL") or f"sqlite:///{self.data_dir / 'briefings.db'}")
        try:
            migrate(engine)
            for locale in content.places.locales[1:]:
                kinds = list(kind_texts(content.messages, locale, catalogs).values())
                sign(engine, [kind for kind in kinds if not kind.missing], locale, by, datetime.now(UTC))
        finally:
            engine.dispose()

    def prepare_and_approve(self, *briefings: str, by: str = "A second person", now: str = "2026-11-20T08:00") -> None:
        self.run("prepare", *briefings, "--now", now)
        for briefing in briefings:
            self.run("approve", briefing, "--by", by, "--now", now)

    def status(self, briefing: str) -> Any:
        return self.run("status", briefing, "--json").json

    def subscribers(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.run("subscribers", "export").out)))

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Ask the database itself: what the commands say is then no witness."""
        engine = open_engine(self.environment.get("DATABASE_URL") or f"sqlite:///{self.data_dir / 'briefings.db'}")
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(query), values))
        finally:
            engine.dispose()

    def states(self, briefing: str, channel: str = "email") -> Counter[str]:
        """Count a briefing's ledger rows by state, over all revisions."""
        query = (
            "SELECT state, count(*) AS n FROM deliveries WHERE briefing = :briefing AND channel = :channel "
            "GROUP BY state"
        )
        return Counter({row.state: row.n for row in self.rows(query, briefing=briefing, channel=channel)})

    @contextmanager
    def stand_ins(self) -> Iterator[StandIns]:
        """Run the sandbox's stand-ins here, outside of every command: commands with this data folder find them."""
        with StandIns(self.data_dir) as stand_ins:
            yield stand_ins

    @contextmanager
    def serving(self) -> Iterator[httpx.Client]:
        """Run `briefings serve`; give a client that asks it."""
        base = self.environment["PUBLIC_URL"]
        process = self.start("serve")
        try:
            with httpx.Client(base_url=base, timeout=10, trust_env=False) as client:
                until(lambda: _answers(client, process), "the site does not answer")
                yield client
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def with_public_url(installation: Installation) -> Installation:
    return installation.having(PUBLIC_URL=f"http://127.0.0.1:{free_port()}")


def until(condition: Callable[[], bool], why_not: str, seconds: float = 60.0) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, why_not
        time.sleep(0.01)


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9 a command and everything that it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE)


def everything(stand_ins: StandIns) -> list[CaughtSummary]:
    return list(stand_ins.caught.summaries(per_page=-1))


def posts(stand_ins: StandIns) -> list[str]:
    """Return the texts on the account's timeline, newest first, without those deleted."""
    return [post.text for post in stand_ins.x.timeline.posts(ACCOUNT.id, limit=10_000)]


def recipients(mails: list[CaughtSummary]) -> Counter[str]:
    """Count the envelope recipients of caught mails."""
    return Counter(recipient for mail in mails for recipient in mail.rcpt_to)


def parsed(stand_ins: StandIns, mail: CaughtSummary) -> Message:
    found = stand_ins.caught.get(mail.id)
    assert found is not None
    return message_from_bytes(found.raw)


def decoded(message: Message) -> str:
    """Return a whole mail as readable text: its headers, and all parts without their transfer encoding."""
    from briefings.sandbox.caught import readable

    lines = [f"{name}: {readable(str(value))}" for name, value in message.items()]
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            lines.append(payload.decode(part.get_content_charset() or "utf-8"))
    return "\n".join(lines)


def _answers(client: httpx.Client, process: subprocess.Popen[str]) -> bool:
    assert process.poll() is None, process.communicate()[1]
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def _server(url: str) -> str:
    return make_url(url).set(database="postgres").render_as_string(hide_password=False)
