"""Names: runs are called after what they do, such as `publish north 2026-11-20`."""

from __future__ import annotations

import re
from datetime import datetime

from prefect.runtime import flow_run

from briefings.content.fields import Report
from briefings.content.places import load_places
from briefings.model.errors import InvalidInput
from briefings.model.place import Places
from briefings.settings import Settings


def installed_places() -> Places:
    """Read places.yaml of this installation, and nothing else. Raises InvalidInput."""
    path = Settings().root / "content" / "places.yaml"
    report = Report(str(path))
    places = load_places(path, report)
    if places is None:
        raise InvalidInput(*report.problems)
    return places


def what() -> str:
    """Return what the current run is about: a region, a briefing, or how many of them."""
    given = flow_run.parameters
    briefings = given.get("briefings") or []
    if len(briefings) == 1:
        return str(briefings[0])
    regions = {str(briefing).partition("/")[0] for briefing in briefings} or {given.get("region") or "all"}
    return regions.pop() if len(regions) == 1 else f"{len(briefings)} briefings"


def about(verb: str) -> str:
    """Return a run's name from what it is about and its date; a briefing's id has its date in it."""
    subject = what()
    return f"{verb} {subject}" if "/" in subject else f"{verb} {subject} {_planned():%Y-%m-%d}"


def at_time(verb: str) -> str:
    """Return the name of a run that comes round many times a day."""
    return f"{verb} {_planned():%Y-%m-%d %H:%M}"


def _planned() -> datetime:
    """Return when the current run is for, as wall time in the borough's zone."""
    zone = installed_places().borough.zone
    now = flow_run.parameters.get("now")
    moment = datetime.fromisoformat(now) if now else flow_run.scheduled_start_time
    return moment.astimezone(zone) if moment.tzinfo else moment


def key(text: str) -> str:
    """Return an artifact's key: lower case, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
