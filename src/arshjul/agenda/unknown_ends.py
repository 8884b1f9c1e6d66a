"""The assumed ends of withdrawals until further notice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import UNKNOWN_END_DAYS
from arshjul.errors import Message


@dataclass(frozen=True, slots=True)
class UnknownEnd:
    """A withdrawal until further notice, the names of its units, its assumed last date, and a sentence with it."""

    withdrawal: str
    units: tuple[str, ...]
    until: date
    text: Message

    @property
    def mapping(self) -> dict[str, str]:
        """The same as JSON data."""
        return {"withdrawal": self.withdrawal, "until": self.until.isoformat()}


def unknown_ends(scenario: Scenario, plan: Plan) -> Iterator[UnknownEnd]:
    """The withdrawals with unknown end, in force at the plan's moment; `scenario` may know more than the plan's own."""
    today = plan.as_of.date()
    for withdrawal in plan.entries.in_force():
        until = withdrawal.ends(today, scenario.settings[UNKNOWN_END_DAYS])
        if withdrawal.last is None and until >= today:
            units = [scenario.police[unit].name for unit in withdrawal.police]
            text = Message(
                '{id} ({units}): unknown end, taken as {until}. Confirm on its page, or under "still" in a '
                "file, if it goes on.",
                {"id": withdrawal.id, "units": units, "until": until},
            )
            yield UnknownEnd(withdrawal.id, tuple(units), until, text)
