"""Take a multipart/form-data body apart (RFC 7578), bytes kept exactly."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

PARTS_LIMIT = 20
PART_HEADER_LIMIT = 4096


class MalformedForm(Exception):
    """The body is not what its Content-Type says."""


@dataclass(frozen=True)
class Field:
    value: bytes
    filename: str = ""
    content_type: str = ""

    @property
    def text(self) -> str:
        return self.value.decode("utf-8", "replace")


def fields(content_type: str, body: bytes) -> dict[str, Field]:
    """Return a form's fields by name; of a name given twice, the last. Raises MalformedForm."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise MalformedForm("the Content-Type must be multipart/form-data with a boundary")
    chunks = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"))
    if len(chunks) < 2 or not chunks[-1].startswith(b"--"):
        raise MalformedForm("the closing boundary is missing")
    if len(chunks) - 2 > PARTS_LIMIT:
        raise MalformedForm(f"more than {PARTS_LIMIT} parts")
    found: dict[str, Field] = {}
    for chunk in chunks[1:-1]:
        head, blank, value = chunk.lstrip(b" \t").removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not blank or len(head) > PART_HEADER_LIMIT:
            raise MalformedForm("a part has no header, or too long a one")
        part = BytesHeaderParser().parsebytes(head + b"\r\n\r\n")
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            raise MalformedForm("a part has no name")
        found[name] = Field(value, part.get_filename() or "", part.get_content_type() if part["content-type"] else "")
    return found
