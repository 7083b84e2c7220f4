"""What the API answers with, and its description of itself (OpenAPI 3.1), made from the same classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from briefings.model.briefing import Severity
from briefings.model.edition import Phrase
from briefings.model.place import Places
from briefings.rendering.structured import StructuredEdition

LAST_PAGE = 100_000
_REF = "#/components/schemas/"


@dataclass(frozen=True)
class ApiWard:
    code: str
    name: str


@dataclass(frozen=True)
class ApiRegion:
    id: str
    name: str
    languages: tuple[str, ...]
    wards: tuple[ApiWard, ...]


@dataclass(frozen=True)
class ApiPlaces:
    borough: str
    code: str
    timezone: str
    source_language: str
    languages: tuple[str, ...]
    regions: tuple[ApiRegion, ...]


@dataclass(frozen=True)
class ApiListed:
    """`locale` is that of the page at `url`; the title says in which it truly is."""

    briefing: str
    region: str
    severity: Severity
    locale: str
    title: Phrase
    published_at: datetime
    url: str
    api: str


@dataclass(frozen=True)
class ApiList:
    total: int
    page: int
    briefings: tuple[ApiListed, ...]


@dataclass(frozen=True)
class ApiBriefing:
    """A whole edition. `corrected`: it replaced an earlier text."""

    edition: StructuredEdition
    published_at: datetime
    updated_at: datetime
    corrected: bool
    languages: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class ApiProblem:
    status: int
    message: str


@dataclass(frozen=True)
class ApiError:
    error: ApiProblem


PLACES = TypeAdapter(ApiPlaces)
LIST = TypeAdapter(ApiList)
BRIEFING = TypeAdapter(ApiBriefing)
ERROR = TypeAdapter(ApiError)


def error_json(status: int, message: str) -> bytes:
    return ERROR.dump_json(ApiError(ApiProblem(status, message)))


def description(places: Places, public_url: str) -> dict[str, Any]:
    """Return the API's description of itself, with what a borough has of locales, regions and wards."""
    adapters: dict[str, TypeAdapter[Any]] = {
        "ApiPlaces": PLACES,
        "ApiList": LIST,
        "ApiBriefing": BRIEFING,
        "ApiError": ERROR,
    }
    _, schemas = TypeAdapter.json_schemas(
        [(name, "serialization", adapter) for name, adapter in adapters.items()], ref_template=_REF + "{model}"
    )
    locale = _query("locale", {"enum": list(places.locales)}, "Language; without it that of the original")
    search = [
        locale,
        _query("region", {"enum": list(places.regions)}, "Only of this region"),
        _query("ward", {"enum": list(places.wards)}, "Only of the region of this ward (GSS code)"),
        _query("q", {"maxLength": 400}, "Words that all must occur; the last may be the beginning of one"),
        _query("page", {"type": "integer", "minimum": 1, "maximum": LAST_PAGE}, "Twenty to a page, from 1"),
    ]
    parts = [_path("region", {"enum": list(places.regions)}), _path("slug", {"minLength": 1})]
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Community safety briefings of {places.borough.name}", "version": "1"},
        "servers": [{"url": public_url.rstrip("/")}],
        "paths": {
            "/api/v1/places": {"get": _get("The borough, its regions and wards", "ApiPlaces", [])},
            "/api/v1/briefings": {"get": _get("Published briefings, newest first", "ApiList", search)},
            "/api/v1/briefings/{region}/{slug}": {
                "get": _get("One briefing, part by part", "ApiBriefing", [*parts, locale])
            },
        },
        "components": {"schemas": schemas["$defs"]},
    }


def _get(summary: str, model: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    error = {"description": "What is wrong", "content": _content("ApiError")}
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "Found", "content": _content(model)},
            "304": {"description": "Not changed since it was asked for"},
            "400": error,
            "404": error,
        },
    }


def _content(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": _REF + model}}}


def _query(name: str, schema: dict[str, Any], says: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": says, "schema": {"type": "string", **schema}}


def _path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", **schema}}
