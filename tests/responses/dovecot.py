"""Dovecot itself, from Debian, with a configuration of its own: it serves one mailbox from a Maildir."""

from __future__ import annotations

import grp
import itertools
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.conftest import free_port, missing
from tests.delivery.mail_servers import certificate
from tests.delivery.returned_mails import DOMAIN

USER, PASSWORD = "returns", "p@ss/wörd"
LOGIN = f"{USER}:{quote(PASSWORD, safe='')}"
PATIENCE = 60.0
_NUMBERS = itertools.count(1)

_CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
default_internal_user = {internal}
default_login_user = {internal}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail
mailbox_list_index = no
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server. `trusting` is a context that trusts its certificate, where it speaks TLS."""

    folder: Path
    port: int
    tls_port: int
    trusting: ssl.SSLContext | None = None

    def put(self, raw: bytes) -> str:
        """Deliver one mail into the Maildir; return its file's name."""
        name = f"{int(time.time())}.M{next(_NUMBERS)}.tests"
        made = self.folder / "mail" / "tmp" / name
        made.write_bytes(raw)
        made.rename(self.folder / "mail" / "new" / name)
        return name

    def empty(self) -> None:
        for path in (*(self.folder / "mail" / "new").iterdir(), *(self.folder / "mail" / "cur").iterdir()):
            path.unlink()

    def seen(self) -> int:
        """Count the mails that are marked as seen."""
        return sum("S" in path.name.partition(":2,")[2] for path in (self.folder / "mail" / "cur").iterdir())

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else "(no log)"


@contextmanager
def dovecot(*, tls: bool = False) -> Iterator[Dovecot]:
    """Run Dovecot in a folder of its own. Skips where it is not installed."""
    binary = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if binary is None or not any(Path(p).exists() for p in ("/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap")):
        missing("Dovecot with IMAP is not installed")
    folder = Path(tempfile.mkdtemp(prefix="briefings-dovecot-"))  # a short path: sockets lie in it
    trusting = certificate(folder)[1] if tls else None
    server = Dovecot(folder, free_port(), free_port() if tls else 0, trusting)
    for part in ("new", "cur", "tmp"):
        (folder / "mail" / part).mkdir(parents=True)
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
    folder.chmod(0o755)
    me = pwd.getpwuid(os.geteuid())
    is_root = me.pw_uid == 0
    owner = pwd.getpwnam("nobody") if is_root else me  # Dovecot reads no mail as root
    internal = "dovecot" if is_root else me.pw_name
    for path in (folder, *(folder / "mail").rglob("*"), folder / "mail"):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    (folder / "dovecot.conf").write_text(
        _CONFIGURATION.format(
            folder=folder, port=server.port, tls_port=server.tls_port, uid=owner.pw_uid, gid=owner.pw_gid,
            ssl="yes" if tls else "no",
            certificate=f"ssl_cert = <{folder}/server.pem\nssl_key = <{folder}/server.pem" if tls else "",
            internal=internal, group=internal if is_root else grp.getgrgid(me.pw_gid).gr_name,
        )
    )  # fmt: skip
    process = subprocess.Popen([str(binary), "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.PIPE)
    try:
        _wait(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, f"Dovecot ended: {process.communicate()[1]!r}\n{server.log()}"
        with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 5) as line:
            if line.recv(100).startswith(b"* OK"):
                return
        time.sleep(0.05)
    raise AssertionError(f"Dovecot did not greet\n{server.log()}")


def url_of(server: Dovecot) -> str:
    return f"imap://{LOGIN}@127.0.0.1:{server.port}/INBOX"


def stored_as(recipient: str, raw: bytes, header: str = "Delivered-To") -> bytes:
    """Return a mail with its envelope's recipient in a header, while To says something else."""
    to = re.compile(rb"^To: <?%b>?\r$" % re.escape(recipient.encode()), re.MULTILINE)
    return f"{header}: {recipient}\r\n".encode() + to.sub(f"To: bounce@{DOMAIN}\r".encode(), raw, count=1)
