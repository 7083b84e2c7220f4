"""Keys of DKIM: a private key in a PEM file, and the DNS record with its public half (RFC 6376, RFC 8463)."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import idna
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from briefings.delivery.headers import CRLF
from briefings.model.errors import Refused

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 4096
"""What every receiver must be able to check (RFC 8301 section 3.2)."""

_LABELS = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_TXT_STRING = 255
"""Octets of one string of a TXT record (RFC 1035 section 3.3)."""


@dataclass(frozen=True)
class DnsRecord:
    """The TXT record that lets receivers find a key."""

    name: str
    value: str

    def __str__(self) -> str:
        """Return the line of a zone file; a value that is too long for one string is several of them."""
        cut = range(0, len(self.value), _TXT_STRING)
        strings = " ".join(f'"{self.value[start : start + _TXT_STRING]}"' for start in cut)
        return f"{self.name}. IN TXT {strings}"


class DkimKey:
    """A private key and where its public half is in the DNS."""

    def __init__(self, domain: str, selector: str, key: RSAPrivateKey | Ed25519PrivateKey) -> None:
        self._key = key
        self.algorithm = "ed25519-sha256" if isinstance(key, Ed25519PrivateKey) else "rsa-sha256"
        # The spaces are where the header is folded, so that its canonical form is the same on one line.
        self._start = f"v=1; a={self.algorithm}; c=relaxed/relaxed; d={domain};\r\n s={selector};\r\n ".encode()
        public = key.public_key()
        if isinstance(key, Ed25519PrivateKey):
            octets = public.public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463 section 4
        else:
            octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        kind = self.algorithm.partition("-")[0]
        self.record = DnsRecord(f"{selector}._domainkey.{domain}", f"v=DKIM1; k={kind}; p={b64encode(octets).decode()}")

    @classmethod
    def read(cls, path: Path, domain: str, selector: str, setting: str) -> DkimKey:
        """Read a PEM file that holds one private key without a passphrase, RSA or Ed25519.

        Raises Refused, naming the `setting` at fault and what to do.
        """
        domain, selector = _ascii_domain(domain), selector.lower()
        if not _LABELS.fullmatch(selector):
            other = setting.removesuffix("KEY") + "SELECTOR"
            raise Refused(f"{setting} needs {other}: the name of the key in the DNS, such as autumn2026")
        if "-----BEGIN" in str(path):  # what is wrong with a path is told with it, and this must not be
            raise Refused(f"{setting} must be the path of a file: write the key into one that only we can read")
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except OSError as error:
            raise Refused(f"{setting}: {path} cannot be read: {error.strerror}") from error
        except TypeError as error:
            raise Refused(f"{setting}: {path} is locked with a passphrase: give a key without one") from error
        except (ValueError, UnsupportedAlgorithm) as error:
            raise Refused(
                f"{setting}: {path} holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)"
            ) from error
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
            raise Refused(f"{setting}: {path} holds a key that DKIM does not know: make one with RSA or Ed25519")
        if isinstance(key, RSAPrivateKey) and not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
            raise Refused(
                f"{setting}: the RSA key in {path} has {key.key_size} bits, "
                f"and must have {MIN_RSA_BITS} to {MAX_RSA_BITS}"
            )
        return cls(domain, selector, key)

    def header(self, names: bytes, fields: bytes, body_hash: bytes) -> bytes:
        """Return the DKIM-Signature header over canonical `fields`, which end in CRLF."""
        value = self._start + b"h=" + names + b";\r\n bh=" + body_hash + b";\r\n b="
        signed = fields + b"dkim-signature:" + value.replace(b"\r\n ", b" ")
        if isinstance(self._key, Ed25519PrivateKey):
            signature = self._key.sign(sha256(signed).digest())  # RFC 8463 section 3
        else:
            signature = self._key.sign(signed, PKCS1v15(), SHA256())
        text = b64encode(signature)
        lines = b"\r\n ".join(text[start : start + 72] for start in range(0, len(text), 72))
        return b"DKIM-Signature: " + value + lines + CRLF


def _ascii_domain(domain: str) -> str:
    try:
        found = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (UnicodeError, IndexError):
        found = ""
    if not _LABELS.fullmatch(found):
        raise Refused(f"BRIEFINGS_DKIM_DOMAIN: {domain[:100]!r} is not a domain name such as briefings.example.org")
    return found
