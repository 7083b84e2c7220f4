"""The public site on a real socket: one server for all tests, a fresh site for each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from briefings.rendering.site import Site
from briefings.store.engine import migrate, open_engine
from briefings.web.app import create_app
from tests.rendering.editions import TEMPLATES, sample_briefing, sample_site
from tests.web.published import MemorySite, other_briefing
from tests.web.residents_site import Residents


@dataclass
class Stage:
    """A server whose application is the one of the test that runs."""

    url: str = ""
    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    server = uvicorn.Server(uvicorn.Config(stage, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive(), "the server did not start"
    stage.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield stage
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def site() -> Site:
    return sample_site()


@pytest.fixture
def source(site: Site) -> MemorySite:
    source = MemorySite(site)
    source.publish(sample_briefing())
    source.publish(other_briefing())
    return source


@pytest.fixture
def web(stage: Stage, source: MemorySite, site: Site) -> Iterator[httpx.Client]:
    stage.app = create_app(source, site, TEMPLATES)
    with httpx.Client(base_url=stage.url, timeout=10) as client:
        yield client


@pytest.fixture
def residents(tmp_path: Path, site: Site) -> Iterator[Residents]:
    engine = open_engine(f"sqlite:///{tmp_path / 'briefings.db'}")
    migrate(engine)
    yield Residents(engine, site)
    engine.dispose()


@pytest.fixture
def door(stage: Stage, source: MemorySite, residents: Residents) -> Iterator[httpx.Client]:
    """The site with the pages of signing up, asked from another machine's network."""
    stage.app = residents.app(source)
    elsewhere = {"x-forwarded-for": "203.0.113.7", "accept-language": "ur"}
    with httpx.Client(base_url=stage.url, timeout=10, headers=elsewhere) as client:
        yield client
