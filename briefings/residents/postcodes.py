"""Postcodes: which ward a resident lives in, as far as the borough's postcodes have been imported."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import Engine, exists, func, select

from briefings.model.place import Places
from briefings.store.engine import reading
from briefings.store.people import postcodes

MAX_TYPED = 40
_WHOLE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")
"""Outward and inward code without the space between: BS 7666, as Royal Mail's Postcode Address File has them."""


def normalised(typed: str) -> str:
    """Return what somebody typed in the form postcodes are kept in: ASCII capitals and digits, no space or dash."""
    text = unicodedata.normalize("NFKC", typed[:MAX_TYPED]).upper()
    return "".join(character for character in text if character.isascii() and character.isalnum())


def is_postcode(text: str) -> bool:
    """Say whether a normalised text has the shape of a whole postcode."""
    return _WHOLE.fullmatch(text) is not None


class Postcodes:
    def __init__(self, engine: Engine, places: Places) -> None:
        self._engine = engine
        self._places = places

    def has_postcodes(self) -> bool:
        """Say whether any are known: without, nobody should be asked for theirs."""
        with reading(self._engine) as connection:
            return bool(connection.scalar(select(exists().where(postcodes.c.ward.in_(list(self._places.wards))))))

    def find(self, postcode: str) -> str | None:
        """Return the GSS code of the one ward that a postcode, or the beginning of one, lies in; None otherwise."""
        found = self.wards(postcode)
        return found[0] if len(found) == 1 else None

    def wards(self, postcode: str) -> tuple[str, ...]:
        """Return the GSS codes of all wards that a postcode lies in, or that one which begins so may lie in.

        A beginning must have the whole outward code: `E17` and `E17 4` do, `E1` is another district than `E17`.
        """
        text = normalised(postcode)
        if len(text) < 2:
            return ()
        outward = func.length(postcodes.c.postcode) - 3
        query = select(postcodes.c.ward).where(
            func.substr(postcodes.c.postcode, 1, len(text)) == text,
            outward <= len(text),
        )
        with reading(self._engine) as connection:
            known = set(connection.scalars(query.distinct()))
        return tuple(ward for ward in self._places.wards if ward in known)
