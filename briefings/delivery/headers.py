"""Headers: each made whole and checked, so that no value can begin a header of its own (RFC 5322).

Each function returns one header with its CRLF and raises Refused for a value that cannot be sent.
The standard library is not asked to fold: it breaks long List-Unsubscribe URLs into encoded words,
and told not to, makes encoded words longer than the 75 characters that RFC 2047 allows.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode

import idna

from briefings.model.errors import Permanent, Refused

CRLF = b"\r\n"
MAX_LINE = 998
"""Octets of a line without its CRLF (RFC 5322 2.1.1)."""
MAX_ADDRESS = 320

URL_CHARACTERS = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"
URL = re.compile(rf"(?:https?://|mailto:){URL_CHARACTERS}+")
HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
LIST_ID = re.compile(r"(?=.{1,255}\Z)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
"""RFC 2919 section 3: at most 255 octets."""
_ATOM = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~.-"
MESSAGE_ID = re.compile(rf"<[{_ATOM}]{{1,200}}@[{_ATOM}]{{1,200}}>")
_PLAIN_ADDRESS = re.compile(rf"[{_ATOM}]+@(?:[A-Za-z0-9_-]{{1,63}}\.)*[A-Za-z0-9_-]{{1,63}}")
_NOT_IN_LOCAL_PART = frozenset('()<>[]:;,\\"@')
_MAILBOX = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>")
_MAILBOX_HEADERS = frozenset({"reply-to", "sender"})
_OURS = re.compile(
    "from|to|cc|bcc|subject|date|message-id|mime-version|return-path|received|"
    "content-.*|list-(id|help|archive|post|unsubscribe|unsubscribe-post)|precedence|x-auto-response-suppress"
)


def checked_address(address: str) -> str:
    """Return an address as SMTP takes it: the domain in ASCII (IDNA 2008), the local part as it is.

    A local part outside ASCII stays, and needs a server with SMTPUTF8 (RFC 6531). Quoted local
    parts and address literals are refused. Raises Permanent; its text does not hold the address.
    """
    if len(address) > MAX_ADDRESS:
        raise Permanent(f"the address is longer than {MAX_ADDRESS} characters")
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    local, _, domain = address.rpartition("@")
    if not local or not domain:
        raise Permanent("the address is not of the form name@domain")
    if any(unicodedata.category(character)[0] in "CZ" for character in address):
        raise Permanent("the address holds a space or a control character")
    if _NOT_IN_LOCAL_PART & set(local):
        raise Permanent('the address holds a character that may not stand before the @: ( ) < > [ ] : ; , \\ " @')
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
    except (UnicodeError, IndexError) as error:  # idna.IDNAError is a UnicodeError
        raise Permanent("the domain of the address is not a domain name") from error
    return f"{local}@{ascii_domain}"


def unstructured(name: str, value: str) -> bytes:
    """Return a header of free text: as it is and folded at spaces if it is ASCII, else encoded."""
    _refuse_control_characters(name, value)
    words = re.findall(" *[^ ]+", f"{name}: {value}")
    plain = value.isascii() and value == value.strip() and "=?" not in value
    if not plain or max(map(len, words)) > MAX_LINE:
        return f"{name}: {_encoded_words(name, value)}\r\n".encode()
    lines = [words[0]]
    for word in words[1:]:
        # The first word stays beside the name: a first line with nothing on it is obsolete syntax.
        if len(lines[-1]) + len(word) > 78 and lines[-1] != f"{name}:":
            lines.append(word)
        else:
            lines[-1] += word
    return "\r\n".join((*lines, "")).encode()


def _encoded_words(name: str, value: str) -> str:
    """Return RFC 2047 words of at most 75 characters, none of which cuts a character in two."""
    chunks = [b""]
    for character in value:
        octets = utf8(character, name)
        if len(chunks[-1]) + len(octets) > 39:
            chunks.append(b"")
        chunks[-1] += octets
    return "\r\n ".join(f"=?utf-8?B?{b64encode(chunk).decode()}?=" for chunk in chunks)


def named(name: str, phrase: str, angled: str) -> bytes:
    """Return `Name: "phrase" <angled>`, the form that From and List-Id (RFC 2919 3) share."""
    _refuse_control_characters(name, phrase)
    if not phrase:
        return ascii_only(name, f"<{angled}>")
    if phrase.isascii() and len(phrase) <= 60 and "=?" not in phrase:
        spoken = '"' + re.sub(r'(["\\])', r"\\\1", phrase) + '"'
    else:
        spoken = _encoded_words(name, phrase)
    return f"{name}: {spoken}\r\n <{angled}>\r\n".encode("ascii")


def mailbox(name: str, value: str) -> bytes:
    """Return a header of one address of ours, with or without a name: `Name <address>`."""
    _refuse_control_characters(name, value)
    match = _MAILBOX.fullmatch(value.strip())
    phrase, address = (match["name"], match["address"]) if match else ("", value.strip())
    if len(phrase) > 1 and phrase[0] == phrase[-1] == '"':
        phrase = re.sub(r"\\(.)", r"\1", phrase[1:-1])
    try:
        address = checked_address(address)
    except Permanent as error:
        raise Refused(f"{name}: {error}") from error
    if not address.isascii():
        raise Refused(f"{name}: an address of ours must be ASCII before the @, or many servers refuse our mail")
    return named(name, phrase, address)


def further(name: str, value: str) -> bytes:
    """Return a header that a caller adds to ours."""
    if _OURS.fullmatch(matching(HEADER_NAME, name, "a header's name").lower()):
        raise Refused(f"{name}: this header is made from the message's own fields")
    return mailbox(name, value) if name.lower() in _MAILBOX_HEADERS else unstructured(name, value)


def ascii_only(name: str, value: str) -> bytes:
    """Return a header on one line, its ASCII value as it is."""
    if len(name) + len(value) + 2 > MAX_LINE:
        raise Refused(f"{name} would be longer than {MAX_LINE} characters")
    return f"{name}: {value}\r\n".encode("ascii")


def matching(pattern: re.Pattern[str], value: str, name: str) -> str:
    """Return the value if it has the pattern throughout."""
    if not pattern.fullmatch(value):
        raise Refused(f"{name}: {value[:100]!r} is not a value this header can have")
    return value


def _refuse_control_characters(name: str, value: str) -> None:
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise Refused(f"{name} holds a line break or another control character: {value[:100]!r}")


def utf8(text: str, name: str) -> bytes:
    """Return text as octets; `name` says what it is, for the error."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused(f"{name} holds half a character (a lone surrogate), which cannot be sent") from error
