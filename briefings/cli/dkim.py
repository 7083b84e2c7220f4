"""`briefings dkim`: what to put into the DNS, so that receivers can check our signatures."""

from __future__ import annotations

import click

from briefings.cli.base import as_json, command, out
from briefings.model.errors import Refused
from briefings.services import Services


@command()
@as_json
def dkim(services: Services, as_json: bool) -> None:
    """Print the DNS records of the DKIM keys, as lines of a zone file."""
    signer = services.signer
    if signer is None:
        raise Refused("no DKIM key is set: set BRIEFINGS_DKIM_KEY and BRIEFINGS_DKIM_SELECTOR, or let your relay sign")
    if as_json:
        out([{"name": record.name, "type": "TXT", "value": record.value} for record in signer.records])
    else:
        for record in signer.records:
            click.echo(str(record))
