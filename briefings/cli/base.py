"""The ground of the command line: the group, how a command is registered, and options that many share."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import update_wrapper
from typing import Any

import click
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from briefings import log
from briefings.model.errors import BriefingsError, InvalidInput
from briefings.services import Services, clock
from briefings.store.engine import said


class Refusing(click.Group):
    """Turns our errors into one line on stderr and exit 1; a stack trace is for our own faults only."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InvalidInput as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
        except BriefingsError as error:
            click.echo(f"briefings: {error}", err=True)
        except ValidationError as error:
            for fault in error.errors(include_input=False, include_url=False):
                setting = "_".join(str(part) for part in fault["loc"]).upper()
                click.echo(f"briefings: BRIEFINGS_{setting}: {fault['msg']}", err=True)
        except SQLAlchemyError as error:
            click.echo(f"briefings: {said(error)}: check BRIEFINGS_DATABASE_URL", err=True)
        raise click.exceptions.Exit(1)


@click.group(cls=Refusing, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-v", "--verbose", is_flag=True, help="Log every event to stderr.")
@click.version_option(package_name="community-safety-briefings")
@click.pass_context
def main(ctx: click.Context, verbose: bool) -> None:
    """Community safety briefings: translate, approve, publish, and hear back."""
    log.set_up(verbose)
    ctx.obj = Services()


def command(group: click.Group = main, name: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """Register a command that gets the services first."""

    def register(function: Callable[..., Any]) -> click.Command:
        @click.pass_obj
        def call(services: Services, /, *args: Any, **kwargs: Any) -> Any:
            return function(services, *args, **kwargs)

        shown = name or function.__name__.rstrip("_").replace("_", "-")
        return group.command(shown)(update_wrapper(call, function))

    return register


as_json = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
at_now = click.option("--now", metavar="ISO", help="Stand in for the clock, such as 2026-11-20T09:00Z.")


def now_of(services: Services, at: str | None) -> Callable[[], datetime]:
    return clock(at, services.desk.content.places.borough.zone)


def leave(code: int) -> None:
    raise click.exceptions.Exit(code)


def out(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
