"""What error pages say: what happened, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from briefings.rendering.notes import N_


@dataclass(frozen=True)
class Told:
    """What an error page says: its heading, what happened where that does not say it, and what to do."""

    heading: str
    happened: str
    to_do: str


_DID_NOT = N_("This did not work")
_NOT_READ = Told(_DID_NOT, N_("We could not read what was sent."), N_("Please go back and try again."))
_TOO_LONG = N_("This is longer than we can take.")
_LATER = N_("Please wait some minutes and try again.")
OTHER_ERROR = Told(_DID_NOT, "", N_("Please go back and try again."))
ERRORS = {
    400: _NOT_READ,
    403: Told(_DID_NOT, N_("This form was not sent from our site."), N_("Please open the form here and try again.")),
    404: Told(N_("Page not found"), "", N_("Please check the address.")),
    405: Told(_DID_NOT, N_("Nothing can be sent to this address."), N_("Please check the address.")),
    408: _NOT_READ,
    413: Told(_DID_NOT, _TOO_LONG, N_("Please go back, make it shorter and send it again.")),
    414: Told(_DID_NOT, _TOO_LONG, N_("Please check the address.")),
    415: _NOT_READ,
    429: Told(N_("Too many requests"), "", _LATER),
    500: Told(_DID_NOT, N_("Something is wrong on our side. It is not your mistake."), _LATER),
    503: Told(_DID_NOT, N_("The site is very busy, or it is being repaired."), _LATER),
}
"""By status. What is withdrawn (410) has a page of its own."""
