"""What a publish came to, in words and counts that a flow can log and raise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from briefings.editorial.desk import Desk
from briefings.editorial.publish import PublishReport
from briefings.editorial.status import uncertain_rows
from briefings.model.delivery import UNSETTLED
from briefings.model.errors import BriefingsError, Transient


@dataclass
class Outcome:
    """`unsettled` and `refused` hold a reason by briefing; `notes` what a person should read anyway."""

    briefings: list[str] = field(default_factory=list)
    sent: int = 0
    unsettled: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    held: frozenset[str] = frozenset()
    """Which of the unsettled briefings somebody holds back: another attempt would change nothing."""

    @classmethod
    def of(cls, desk: Desk, report: PublishReport) -> Outcome:
        """Read a report of the library."""
        outcome = cls(refused=dict(report.refused), unsettled=dict(report.trouble))
        for item in report.delivered:
            outcome.briefings.append(item.briefing)
            outcome.sent += item.sent_now
            if any(item.taken_over.values()):
                again, unknown = item.taken_over["queued"], item.taken_over["uncertain"]
                outcome.notes.append(f"took over from a dead sender: {again} sent anew, {unknown} uncertain")
            unknown = len(uncertain_rows(desk, item.briefing))
            if unknown:
                outcome.notes.append(f"{item.briefing}: {unknown} uncertain; 'briefings status' lists them")
            for name in sorted(item.uncertain_elsewhere):
                outcome.notes.append(f"{name}: uncertain after a crash; 'briefings status {name}' lists them")
            trouble = "; ".join(f"{channel}: {text}" for channel, text in item.trouble.items())
            if not item.is_settled:
                left = ", ".join(f"{item.totals[state]} {state}" for state in sorted(UNSETTLED) if item.totals[state])
                if item.is_held:
                    outcome.held |= {item.briefing}
                outcome.unsettled[item.briefing] = f"left unsettled: {left}" + (f" ({trouble})" if trouble else "")
            elif trouble:
                outcome.notes.append(f"{item.briefing}: {trouble}")
        return outcome

    def then(self, later: Outcome) -> Outcome:
        """Return this followed by another attempt at all that it left unsettled."""
        return replace(self.plus(later), unsettled=later.unsettled)

    def plus(self, other: Outcome) -> Outcome:
        return Outcome(
            list(dict.fromkeys([*self.briefings, *other.briefings])),
            self.sent + other.sent,
            self.unsettled | other.unsettled,
            self.refused | other.refused,
            [*self.notes, *other.notes],
            self.held | other.held,
        )

    @property
    def reasons(self) -> list[str]:
        """Why this is not done, one line for each briefing; empty where it is."""
        return [
            text if text.startswith(briefing) else f"{briefing}: {text}"
            for reasons in (self.refused, self.unsettled)
            for briefing, text in reasons.items()
        ]

    def __str__(self) -> str:
        if not self.briefings:
            return "nothing is due"
        done = f"{self.sent} sent" if self.sent else "nothing new to send"
        return "; ".join((f"{', '.join(self.briefings)}: {done}", *self.notes))


class Unsettled(Transient):
    """Deliveries are left; the same flow may settle them later."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("; ".join(outcome.reasons))
        self.outcome = outcome


class NotDone(BriefingsError):
    """A flow did not do all that it was for; the text says why."""
