"""Sign-offs: a named native speaker says once per locale that a kind of urgent message is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from briefings.model.errors import Refused
from briefings.model.person import letters
from briefings.store.engine import reading, writing
from briefings.store.tables import sign_offs
from briefings.translation.checks import check_segment
from briefings.translation.findings import Finding
from briefings.translation.message_texts import KindTexts, SignOff

Check = Callable[[str, str, str], list[Finding]]
"""Holds a translation against its source: (source, translation, locale)."""


def faults(kind: KindTexts, check: Check = check_segment) -> list[str]:
    """Say why a kind of message cannot be signed in a locale; nothing where it can. `check` is what holds it to."""
    found = []
    if not kind.texts:
        found.append(f"{kind.kind}: there are no texts of this kind")
    if kind.missing:
        more = f" and {len(kind.missing) - 1} more" if len(kind.missing) > 1 else ""
        found.append(f"{kind.kind}: not translated into {kind.locale}, or marked fuzzy: “{kind.missing[0]}”{more}")
    for address, source, target in kind.texts:
        for finding in check(source, target, kind.locale):
            if finding.blocks:
                found.append(f"{kind.kind}: {address}: {finding.message}")
    return found


def sign(
    engine: Engine, kinds: Sequence[KindTexts], locale: str, by: str, now: datetime, check: Check = check_segment
) -> list[SignOff]:
    """Record that a person has read these kinds in a locale and finds them right: all, or none.

    Raises Refused where the name has no letters, and where a kind is incomplete or has a fault that blocks.
    """
    name = " ".join(by.split())
    if not letters(name):
        raise Refused("a sign-off needs the name of the person: --by NAME")
    if wrong := [fault for kind in kinds for fault in faults(kind, check)]:
        raise Refused("nothing was signed off; put this right first: " + "; ".join(wrong))
    made = [SignOff(kind.kind, locale, kind.digest, name, now) for kind in kinds]
    into = (postgresql_insert if engine.dialect.name == "postgresql" else sqlite_insert)(sign_offs)
    # two people may sign the same text at one moment: in one order of rows, so that neither waits for the other
    rows = [
        {"kind": one.kind, "locale": locale, "digest": one.digest, "reviewer": name, "signed_at": now}
        for one in sorted(made, key=lambda one: (one.kind, one.digest))
    ]
    with writing(engine) as connection:
        for row in rows:
            signature = {"reviewer": name, "signed_at": now}
            key = list(sign_offs.primary_key)
            connection.execute(into.values(row).on_conflict_do_update(index_elements=key, set_=signature))
    return made


def signed(engine: Engine, locale: str) -> dict[tuple[str, str], SignOff]:
    """Return every sign-off in a locale, by kind and digest, whether or not those are still the present texts."""
    with reading(engine) as connection:
        rows = connection.execute(select(sign_offs).where(sign_offs.c.locale == locale))
        return {
            (row.kind, row.digest): SignOff(row.kind, row.locale, row.digest, row.reviewer, row.signed_at)
            for row in rows
        }
