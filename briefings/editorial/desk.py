"""The desk: the working parts that the editorial verbs share. `services.py` puts it together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment
from sqlalchemy import Engine

from briefings.content.loader import Content, load_content
from briefings.delivery.compose import Letterhead
from briefings.delivery.mailing import MailServer
from briefings.delivery.plan import Job
from briefings.delivery.senders import LEASE
from briefings.model.briefing import Briefing
from briefings.model.edition import Segment
from briefings.model.errors import Refused
from briefings.model.person import DEMO_REVIEWER, same_person
from briefings.rendering.interface import Interface
from briefings.rendering.site import Site
from briefings.subscribers.register import Register
from briefings.translation.catalogs import Catalogs
from briefings.translation.glossary import Glossaries
from briefings.translation.memory import Memory
from briefings.translation.message_texts import SignOffs, message_segments
from briefings.translation.resources import LanguageResources
from briefings.translation.sign_offs import signed

if TYPE_CHECKING:
    from briefings.delivery.channels.x import XChannel
    from briefings.translation.machine import Drafting


@dataclass
class Desk:
    """Everything a verb needs. `open_x` connects an account's channel when it is first needed."""

    root: Path
    data_dir: Path
    engine: Engine
    locale_folders: Sequence[Path]
    """Where catalogs and glossaries are looked for, nearest first."""
    templates: Environment
    public_url: str
    secret: bytes
    letterhead: Callable[[], Letterhead]
    mail_server: Callable[[], MailServer]
    may_mail: Callable[[str], bool]
    open_x: Callable[[], XChannel]
    open_drafting: Callable[[Sequence[str]], Drafting]
    """Gives the machine of one run, with the engines of these names."""
    engine_names: Sequence[str] = ()
    engine_seconds: float = 300.0
    call_helpers: Callable[[Job], object] | None = None
    """Told of every job before it is sent, so that others may share it; set where there are others."""
    lease: timedelta = LEASE
    """For how long a sender that is silent keeps what it has claimed."""
    is_sandbox: bool = False
    """What the demonstration's reviewer signed counts in the sandbox only."""
    hub: str = ""
    """Address of the WebSub hub that is told of changed feeds; empty: there is none."""
    template_folders: Sequence[Path] = ()
    """Where templates of urgent messages lie, nearest first; without them, the root's own."""

    @cached_property
    def content(self) -> Content:
        """The content folder as it was when first asked for. Raises InvalidInput."""
        return load_content(self.root, templates=self.template_folders)

    @cached_property
    def catalogs(self) -> Catalogs:
        return Catalogs(self.locale_folders)

    @cached_property
    def memory(self) -> Memory:
        return Memory(self.engine, self.source_locale)

    @cached_property
    def resources(self) -> LanguageResources:
        """What translations are taken from. Raises InvalidInput."""
        glossaries = Glossaries(self.locale_folders, self.content.places.never_translated)
        return LanguageResources(self.source_locale, self.catalogs, self.memory, glossaries, self._message_segments)

    def sign_offs(self, locale: str) -> SignOffs:
        """Return the sign-offs of urgent messages that count here: the demonstration's do in the sandbox only."""
        return {
            key: by
            for key, by in signed(self.engine, locale).items()
            if self.is_sandbox or not same_person(by.reviewer, DEMO_REVIEWER)
        }

    def _message_segments(self, briefing: Briefing, locale: str) -> Mapping[str, Segment]:
        if briefing.message is None:
            return {}
        holding = self.sign_offs(locale)
        return message_segments(briefing, self.content.messages, locale, self.catalogs, holding, self.source_locale)

    @cached_property
    def site(self) -> Site:
        interfaces: dict[str, Interface] = {}
        borough = self.content.places.borough

        def interface(locale: str) -> Interface:
            if locale not in interfaces:
                interfaces[locale] = Interface(locale, self.catalogs, borough.zone, borough.source_locale)
            return interfaces[locale]

        return Site(self.content.places, self.public_url, interface, self.hub)

    @cached_property
    def register(self) -> Register:
        return Register(self.engine, self.content.places, self.secret)

    @property
    def lock_folder(self) -> Path:
        return self.data_dir / "senders"

    @property
    def source_locale(self) -> str:
        return self.content.places.borough.source_locale

    def engines_of(self, locale: str) -> Sequence[str]:
        """Return the names of the engines that draft in a locale, in order."""
        return self.content.channels.engines.get(locale, self.engine_names)

    def briefing(self, briefing_id: str) -> Briefing:
        """Return a briefing by `region/slug`. Raises Refused, saying whether it is wrong or not there."""
        found = self.content.briefings.get(briefing_id)
        if found is not None:
            return found
        name = f"{briefing_id}.md"
        faults = [str(p) for p in self.content.problems if p.path.endswith(name)]
        if faults:
            raise Refused(f"{briefing_id} cannot be read: {faults[0]}")
        known: Mapping[str, Briefing] = self.content.briefings
        raise Refused(f"there is no briefing {briefing_id!r}; there are: {', '.join(known) or 'none'}")
