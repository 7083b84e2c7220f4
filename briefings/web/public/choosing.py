"""The form of a subscription: what was filled in, what is wrong with it, and the choices it stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from briefings.model.language import autonym, direction
from briefings.model.place import Places
from briefings.rendering.interface import Interface
from briefings.rendering.notes import N_
from briefings.rendering.site import Site
from briefings.subscribers.address import checked
from briefings.subscribers.subscriber import Choices, Format, Frequency
from briefings.web.public.form_fields import Fields

CONSENT = N_("By pressing the button I agree that {borough} sends me briefings by email. I can stop this at any time.")
FREQUENCY_NAMES = {
    Frequency.IMMEDIATE: N_("As it happens"),
    Frequency.WEEKLY: N_("Once a week"),
    Frequency.MONTHLY: N_("Once a month"),
}
FORMAT_NAMES = {
    Format.HTML: N_("With pictures and colours"),
    Format.TEXT: N_("Text only"),
    Format.LARGE_PRINT: N_("Large print"),
}
WRONG_ADDRESS = N_("Enter an email address, such as name@example.org.")
NO_AREA = N_("Choose at least one area.")
WRONG_POSTCODE = N_("We do not know this postcode. Check it, or choose your area from the list.")
SEVERAL_WARDS = N_("This is only a part of a postcode. Give all of it, or choose your area from the list.")
WRONG_LANGUAGE = N_("Choose a language from the list.")
WRONG_CHOICE = N_("Choose one of these.")

FindWards = Callable[[str], Sequence[str]]
"""Gives the GSS codes of the wards that a postcode lies in; none where it is not known."""


@dataclass(frozen=True)
class Form:
    """A form as it is shown. `errors` are pairs of field and untranslated text, in the order of the page."""

    email: str = ""
    postcode: str = ""
    regions: tuple[str, ...] = ()
    wards: tuple[str, ...] = ()
    locale: str = ""
    frequency: str = Frequency.IMMEDIATE
    format: str = Format.HTML
    pause: str = ""
    until: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    found_wards: tuple[str, ...] = field(default=(), compare=False)
    """Wards that the postcode stands for."""

    @classmethod
    def of(cls, choices: Choices) -> Form:
        """Return the form filled in with choices that somebody has."""
        return cls(
            regions=choices.regions,
            wards=choices.wards,
            locale=choices.locale,
            frequency=choices.frequency,
            format=choices.format,
        )

    @classmethod
    def filled_in(cls, fields: Fields, places: Places, *, has_address: bool, find_wards: FindWards | None) -> Form:
        """Read a form and say what is wrong with it. Unknown areas are left out: no form of ours names them."""
        form = cls(
            email=fields.one("email")[:320],
            postcode=fields.one("postcode")[:12],
            regions=tuple(region for region in fields.all("region") if region in places.regions),
            wards=tuple(ward for ward in fields.all("ward") if ward in places.wards),
            locale=fields.one("language"),
            frequency=fields.one("frequency") or Frequency.IMMEDIATE,
            format=fields.one("format") or Format.HTML,
        )
        if form.postcode and find_wards is not None:
            form = replace(form, found_wards=tuple(find_wards(form.postcode)))
        return replace(form, errors=tuple(form._faults(places, has_address, find_wards is not None)))

    def _faults(self, places: Places, has_address: bool, asks_postcode: bool) -> list[tuple[str, str]]:
        faults = []
        if has_address and not is_address(self.email):
            faults.append(("email", WRONG_ADDRESS))
        if self.postcode and asks_postcode and not self.found_wards:
            faults.append(("postcode", WRONG_POSTCODE))
        elif len(self.found_wards) > 1:  # nobody is to follow areas that they have not named
            faults.append(("postcode", SEVERAL_WARDS))
        elif not self.regions and not self.wards and not self.found_wards:
            faults.append(("areas", NO_AREA))
        if self.locale not in places.locales:
            faults.append(("language", WRONG_LANGUAGE))
        known: tuple[tuple[str, str, type[StrEnum]], ...] = (
            ("frequency", self.frequency, Frequency),
            ("format", self.format, Format),
        )
        faults += [(name, WRONG_CHOICE) for name, value, kind in known if value not in list(kind)]
        return faults

    @property
    def choices(self) -> Choices:
        """Return what a form without faults stands for."""
        wards = (*self.wards, *(ward for ward in self.found_wards if ward not in self.wards))
        return Choices(self.locale, self.regions, wards, Frequency(self.frequency), Format(self.format))

    def with_error(self, name: str, text: str) -> Form:
        return replace(self, errors=(*self.errors, (name, text)))


def is_address(text: str) -> bool:
    """Say whether a text is an address that can be mailed."""
    try:
        checked(text)
    except ValueError:
        return False
    return True


def consent_words(interface: Interface, places: Places) -> str:
    """Return the exact words under which somebody signs up, in the language of the page."""
    return interface.t(CONSENT, borough=places.borough.name)


def form_names(form: Form, site: Site, locale: str) -> dict[str, object]:
    """Return what the templates of a form may use, by name."""
    places, interface = site.places, site.interface(locale)
    return {
        "form": replace(form, errors=tuple((name, interface.t(text)) for name, text in form.errors)),
        "regions": [(region.id, region.name) for region in places.regions.values()],
        "wards_by_region": {
            region.id: sorted(
                ((code, places.wards[code].name) for code in region.wards if code in places.wards),
                key=lambda ward: ward[1],
            )
            for region in places.regions.values()
        },
        "all_languages": [(tag, autonym(tag), direction(tag)) for tag in places.locales],
        **choice_names(site, locale),
    }


def choice_names(site: Site, locale: str) -> dict[str, object]:
    """Return what templates need to say what somebody chose."""
    places, t = site.places, site.interface(locale).t
    frequencies = {value: t(name) for value, name in FREQUENCY_NAMES.items()}
    formats = {value: t(name) for value, name in FORMAT_NAMES.items()}

    def places_of(choices: Choices) -> list[str]:
        regions = [places.regions[id].name for id in choices.regions if id in places.regions]
        return regions + [places.wards[code].name for code in choices.wards if code in places.wards]

    return {
        "frequencies": list(frequencies.items()),
        "formats": list(formats.items()),
        "frequency_names": frequencies,
        "format_names": formats,
        "places_of": places_of,
    }
