"""A PostgreSQL cluster of our own, for tests and benchmarks, that goes away afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url, text

from briefings.store.engine import open_engine

HURRIED = "-F -c full_page_writes=off -c synchronous_commit=off"
"""Options for a cluster whose content may be lost with the machine: for tests."""


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def installed() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, as Debian installs them; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else None


@contextmanager
def cluster(binaries: Path, options: str = "") -> Iterator[str]:
    """Run a cluster on 127.0.0.1 and give the URL of a database in it; as durable as its defaults make it.

    PostgreSQL refuses to run as root: then it runs as the user that Debian made for it.
    """
    as_user: dict[str, str | int] = {}
    folder = Path(tempfile.mkdtemp(prefix="briefings-pg-"))
    if os.geteuid() == 0:
        names = {entry.pw_name for entry in pwd.getpwall()}
        as_user = {"user": "postgres" if "postgres" in names else "nobody"}
        shutil.chown(folder, str(as_user["user"]))
    port = free_port()
    subprocess.run(
        [binaries / "initdb", "-D", folder / "data", "-U", "briefings", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, cwd=folder, **as_user,  # type: ignore[call-overload]
    )  # fmt: skip
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {options}"
    control = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", "-s"]
    subprocess.run(
        [*control, "-l", str(folder / "log"), "-o", options, "start"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **as_user,  # type: ignore[call-overload]
    )  # fmt: skip
    try:
        yield f"postgresql://briefings@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd=folder, **as_user)  # type: ignore[call-overload]
        shutil.rmtree(folder, ignore_errors=True)


def create_database(server_url: str, template: str = "template1") -> str:
    """Create a database, as a copy of another one, and return its URL."""
    name = f"b{secrets.token_hex(6)}"
    engine = open_engine(server_url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    finally:
        engine.dispose()
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)
