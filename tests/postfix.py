"""A Postfix of our own, for tests: a relay on 127.0.0.1 with STARTTLS that delivers into one Maildir, and goes away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import missing
from tests.delivery.mail_servers import certificate
from tests.postgres import free_port

PROGRAMS = Path("/usr/lib/postfix/sbin")
HOST = "mx.example.org"

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/state
maillog_file = {folder}/log/mail
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination =
alias_maps =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
disable_dns_lookups = yes
default_transport = error:this relay of a test sends nothing anywhere
in_flow_delay = 0
smtpd_tls_security_level = may
smtpd_tls_chain_files = {folder}/server.pem
smtpd_tls_received_header = yes
virtual_mailbox_domains = static:all
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
"""

# Not one of them in a chroot, for that would need parts of the system copied into it.
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup  unix  n - n - 0 cleanup
qmgr     unix  n - n 300 1 qmgr
tlsmgr   unix  - - n 1000? 1 tlsmgr
rewrite  unix  - - n - - trivial-rewrite
bounce   unix  - - n - 0 bounce
defer    unix  - - n - 0 bounce
trace    unix  - - n - 0 bounce
verify   unix  - - n - 1 verify
proxymap unix  - - n - - proxymap
error    unix  - - n - - error
retry    unix  - - n - - error
virtual  unix  - n n - - virtual
anvil    unix  - - n - 1 anvil
postlog  unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running relay. Every recipient there can be has its mail in one and the same Maildir."""

    folder: Path
    port: int

    @property
    def authority(self) -> Path:
        """The file with the certificate to trust."""
        return self.folder / "authority.pem"

    @property
    def log(self) -> str:
        path = self.folder / "log" / "mail"
        return path.read_text(errors="replace") if path.exists() else ""

    def delivered(self) -> list[Path]:
        """Return the files of the mails that arrived, in no order; their lines end in LF."""
        arrived = self.folder / "mail" / "all" / "new"
        return list(arrived.iterdir()) if arrived.exists() else []

    def forget(self) -> None:
        for mail in self.delivered():
            mail.unlink()


@contextmanager
def postfix(settings: Mapping[str, str] | None = None) -> Iterator[Postfix]:
    """Run a Postfix with these further settings of main.cf.

    It drops its rights to the accounts that its package made, so only root can start it.
    """
    if not (PROGRAMS / "master").exists() or shutil.which("postfix") is None:
        missing("Postfix is not installed")
    if os.geteuid() != 0:
        missing("Postfix can be started by root alone")
    folder = Path(tempfile.mkdtemp(prefix="briefings-postfix-"))
    try:
        running = _laid_out(folder, settings or {})
        control = ["postfix", "-c", str(folder / "etc")]
        started = subprocess.run([*control, "start"], capture_output=True, text=True, check=False)
        assert started.returncode == 0, f"{started.stderr}\n{running.log}"
        try:
            yield running
        finally:
            subprocess.run([*control, "stop"], capture_output=True, check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _laid_out(folder: Path, settings: Mapping[str, str]) -> Postfix:
    folder.chmod(0o755)  # its processes run as several accounts
    for name in ("etc", "queue", "state", "log", "mail"):
        (folder / name).mkdir()
    shutil.chown(folder / "state", "postfix")
    owner = pwd.getpwnam("nobody")
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    certificate(folder)
    chain = (folder / "server.pem").read_text()
    (folder / "server.pem").chmod(0o600)
    (folder / "authority.pem").write_text(chain[chain.index("-----BEGIN CERTIFICATE") :])
    port = free_port()
    main = _MAIN.format(folder=folder, uid=owner.pw_uid, gid=owner.pw_gid)
    further = "".join(f"{name} = {value}\n" for name, value in settings.items())
    (folder / "etc" / "main.cf").write_text(main + further)
    (folder / "etc" / "master.cf").write_text(_MASTER.format(port=port))
    return Postfix(folder, port)
