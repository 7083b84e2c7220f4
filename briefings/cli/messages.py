"""`briefings messages list|show|sign|new`: templates of urgent messages, and who has signed them off."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath

import click

from briefings.cli.base import as_json, at_now, command, leave, main, now_of, out
from briefings.cli.translations import known_locale
from briefings.content.briefing_file import MAX_NAME, NAME
from briefings.model.errors import Refused
from briefings.model.message import PHRASES, MessageTemplate
from briefings.model.person import DEMO_REVIEWER, same_person
from briefings.services import Services
from briefings.translation.message_texts import KindTexts, SignOffs, kind_texts
from briefings.translation.sign_offs import faults, sign


@main.group()
def messages() -> None:
    """Urgent messages from templates that were translated and signed off ahead."""


@command(messages, "list")
@click.option("--locale", metavar="L", help="Only this locale, with who signed and when.")
@as_json
def list_(services: Services, locale: str | None, as_json: bool) -> None:
    """Show which kinds of message are signed off in which locale, by whom and when."""
    from briefings.cli.message_tables import show_locales, standing

    desk = services.desk
    tags = [tag for tag in desk.content.places.locales if tag != desk.source_locale]
    chosen = [known_locale(services, locale)] if locale else tags
    found = {tag: standing(*_kinds(services, tag)) for tag in chosen if tag != desk.source_locale}
    if as_json:
        out(found)
    else:
        show_locales(found)


@command(messages)
@click.argument("kind")
@click.option("--locale", metavar="L", help="Also the translation into this locale.")
def show(services: Services, kind: str, locale: str | None) -> None:
    """Show the texts of one kind of message, or of the phrases, and the slots to be filled."""
    from briefings.cli.message_tables import show_kind

    desk = services.desk
    tag = known_locale(services, locale) if locale else desk.source_locale
    kinds, holding = _kinds(services, tag)
    texts = _chosen(kinds, [kind])[0]
    found = faults(texts, desk.resources.check) if tag != desk.source_locale else []
    show_kind(texts, desk.content.messages.kinds.get(kind), texts.signed_by(holding), found, desk.source_locale)


@command(messages, "sign")
@click.argument("kind", nargs=-1)
@click.option("--locale", required=True, metavar="L")
@click.option("--by", required=True, metavar="NAME", help="Who has read them and answers for them.")
@at_now
def sign_(services: Services, kind: tuple[str, ...], locale: str, by: str, now: str | None) -> None:
    """Sign off kinds of message in a locale: the named ones, or all whose translation is whole and right."""
    desk = services.desk
    tag = known_locale(services, locale)
    if tag == desk.source_locale:
        raise Refused(f"{tag} is what the templates are written in: there is no translation to sign off")
    if same_person(by, DEMO_REVIEWER) and not services.is_sandbox:
        raise Refused(f"{DEMO_REVIEWER!r} signs in the sandbox only: give the name of the person who has read them")
    kinds, _ = _kinds(services, tag)
    wrong: dict[str, list[str]] = {}
    if kind:
        chosen = _chosen(kinds, kind)
    else:
        wrong = {name: found for name, texts in kinds.items() if (found := faults(texts, desk.resources.check))}
        chosen = [texts for name, texts in kinds.items() if name not in wrong]
    made = sign(services.engine, chosen, tag, by, now_of(services, now)(), desk.resources.check)
    for one in made:
        click.echo(f"{one.kind} signed off in {tag} by {one.reviewer}")
    if PHRASES in kinds and not kinds[PHRASES].signed_by(desk.sign_offs(tag)):
        click.echo(f"{PHRASES} are not signed off in {tag} yet: messages that use them fall back", err=True)
    for name, found in wrong.items():
        click.echo(f"{name} is not signed off in {tag}: {found[0]}", err=True)
    leave(1 if wrong else 0)


@command(messages)
@click.argument("kind")
@click.argument("briefing")
@at_now
def new(services: Services, kind: str, briefing: str, now: str | None) -> None:
    """Write a briefing file with a message of this kind, ready to be filled in."""
    from briefings.content.message_draft import draft

    content = services.desk.content
    template = _template(services, kind)
    region, _, slug = briefing.partition("/")
    if region not in content.places.regions:
        raise Refused(f"{region!r} is not a region of places.yaml ({', '.join(content.places.regions)})")
    if not NAME.fullmatch(slug) or len(slug) > MAX_NAME or not _is_day(slug[:10]):
        raise Refused(f"{briefing!r} must be region/date-words, such as {region}/2026-11-20-avoid-high-street")
    path = services.settings.root / "content" / "briefings" / PurePosixPath(f"{briefing}.md")
    wall = now_of(services, now)().astimezone(content.places.borough.zone).replace(tzinfo=None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(draft(template, content.messages.phrases, region, wall))
    except FileExistsError:
        raise Refused(f"{path} is there already: nothing was written; choose another name") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"{path}")
    click.echo(f"fill it in, then: briefings check {path}; briefings prepare {briefing}")


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _kinds(services: Services, tag: str) -> tuple[dict[str, KindTexts], SignOffs]:
    desk = services.desk
    return kind_texts(desk.content.messages, tag, desk.catalogs), desk.sign_offs(tag)


def _chosen(kinds: dict[str, KindTexts], names: tuple[str, ...] | list[str]) -> list[KindTexts]:
    for name in names:
        if name not in kinds:
            raise Refused(f"there is no message of the kind {name!r}; there are: {', '.join(kinds) or 'none'}")
    return [kinds[name] for name in dict.fromkeys(names)]


def _template(services: Services, kind: str) -> MessageTemplate:
    known = services.desk.content.messages.kinds
    if kind not in known:
        hint = "they are used inside a message; " if kind == PHRASES else ""
        raise Refused(f"there is no message of the kind {kind!r}; {hint}there are: {', '.join(known) or 'none'}")
    return known[kind]
