"""Tables of urgent messages: kinds by locale with who signed them, and one kind beside its translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from briefings.model.message import MessageTemplate
from briefings.translation.message_texts import KindTexts, SignOff, SignOffs

_MARKS = {"signed": ("█", "green"), "draft": ("▒", "yellow"), "incomplete": ("·", "red")}


def standing(kinds: Mapping[str, KindTexts], holding: SignOffs) -> dict[str, dict[str, Any]]:
    """Return kind -> its state (`signed`, `draft`, `incomplete`), who signed it and when, and what is missing."""
    found: dict[str, dict[str, Any]] = {}
    for kind, texts in kinds.items():
        sign_off = texts.signed_by(holding)
        found[kind] = {
            "state": "incomplete" if texts.missing else "signed" if sign_off else "draft",
            "reviewer": sign_off.reviewer if sign_off else None,
            "signed_at": sign_off.signed_at if sign_off else None,
            "missing": len(texts.missing),
        }
    return found


def show_locales(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    """Print kinds down and locales across; of one locale only, who signed each kind and when."""
    console = Console()
    kinds = list(next(iter(found.values()), {}))
    if len(found) == 1:
        [(locale, entries)] = found.items()
        table = Table("kind", "state", "signed by", "on", title=locale, box=box.SIMPLE)
        for kind, entry in entries.items():
            state = f"{entry['state']}, {entry['missing']} missing" if entry["missing"] else entry["state"]
            table.add_row(kind, state, escape(entry["reviewer"] or "-"), _day(entry))
        console.print(table)
        return
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for column in ("kind", *found):
        table.add_column(column, no_wrap=True)
    for kind in kinds:
        marks = [_MARKS[entries[kind]["state"]] for entries in found.values()]
        table.add_row(kind, *(f"[{style}]{mark}[/]" for mark, style in marks))
    console.print(table)
    console.print("  " + "  ".join(f"[{style}]{mark}[/] {state}" for state, (mark, style) in _MARKS.items()))
    for locale, entries in found.items():
        signers = dict.fromkeys((e["reviewer"], _day(e)) for e in entries.values() if e["state"] == "signed")
        for reviewer, day in signers:
            n = sum((e["reviewer"], _day(e)) == (reviewer, day) for e in entries.values())
            click.echo(f"{locale}: {n} of {len(entries)} signed off by {reviewer} on {day}")


def _day(entry: Mapping[str, Any]) -> str:
    return f"{entry['signed_at']:%Y-%m-%d}" if entry["signed_at"] else "-"


def show_kind(
    texts: KindTexts,
    template: MessageTemplate | None,
    sign_off: SignOff | None,
    faults: Sequence[str],
    source_locale: str,
) -> None:
    """Print the texts of a kind (beside their translation where that is asked for), its slots and its standing."""
    is_translation = texts.locale != source_locale
    columns = ("text", source_locale, texts.locale) if is_translation else ("text", source_locale)
    table = Table(*columns, title=texts.kind, box=box.SIMPLE_HEAD, show_lines=True)
    for address, source, target in texts.texts:
        cells = (source, target or "-") if is_translation else (source,)
        table.add_row(address, *(escape(cell) for cell in cells))
    Console().print(table)
    for slot in template.slots.values() if template else ():
        click.echo(f"  {{{slot.name}}}: {slot.type}{'' if slot.required else ', optional'}")
    if not is_translation:
        return
    for fault in faults:
        click.echo(f"  {fault}")
    if sign_off:
        click.echo(f"signed off in {texts.locale} by {sign_off.reviewer} on {sign_off.signed_at:%Y-%m-%d}")
    else:
        click.echo(f"not signed off in {texts.locale}: urgent briefings fall back to {source_locale} there")
