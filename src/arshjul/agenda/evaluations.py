"""Who is asked to evaluate which operation, and when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arshjul.agenda.cycle import milestone_day
from arshjul.domain.entries.learnt import PartyEvaluation, latest_evaluations
from arshjul.domain.operation import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario

DAY = timedelta(days=1)
OPEN_DAYS = timedelta(days=21)
"""How long an evaluation is open where no milestone closes it."""


@dataclass(frozen=True, slots=True)
class AskedEvaluation:
    """An operation that its parties evaluate, from the day after it to the date on which that closes, both included."""

    operation: str
    first: date
    last: date
    closes: date
    parties: tuple[str, ...]

    @property
    def opens(self) -> date:
        """The first date."""
        return self.last + DAY

    def asks(self, party: str, contacts: "ToEvaluate | None") -> bool:
        """True if the party is asked: it took part, and had a contact while it was open. `contacts` None: unknown."""
        if party not in self.parties or contacts is None:
            return party in self.parties
        return any(since <= self.closes and self.opens <= until for since, until in contacts.get(party, ()))

    def is_open(self, today: date) -> bool:
        """True if it is answered now."""
        return self.opens <= today <= self.closes


ToEvaluate = Mapping[str, Sequence[tuple[date, date]]]
"""From when to when each party has had contacts that may evaluate, by its id."""


def asked_evaluations(scenario: Scenario, plan: Plan) -> Mapping[str, AskedEvaluation]:
    """Those of all operations that have a place and were not called off there, by operation and in order of date."""
    found = sorted(_asked(scenario, plan), key=lambda one: (one.last, one.operation))
    return {one.operation: one for one in found}


Given = Mapping[tuple[str, str], PartyEvaluation]
"""What parties have said, by operation and party."""


def given_evaluations(plan: Plan, asked: Mapping[str, AskedEvaluation]) -> Given:
    """What each party says of each operation on its present date: what was said before that is about another."""
    return {
        (operation, party): one
        for (operation, party), one in latest_evaluations(plan.entries.evaluations).items()
        if operation in asked and (one.reported is None or one.reported.date() >= asked[operation].opens)
    }


def _asked(scenario: Scenario, plan: Plan) -> Iterator[AskedEvaluation]:
    outcomes = plan.entries.known_outcomes()
    for placement in plan.placements:
        if placement.operation not in scenario.operations:
            continue
        outcome = outcomes.get((placement.operation, placement.slot.day))
        if outcome is None or outcome.result != "called-off":
            last = scenario.last_day(placement)
            closes = _closes(scenario, placement, last)
            parties = scenario.parties_at(placement)
            yield AskedEvaluation(placement.operation, placement.slot.day, last, closes, parties)


def _closes(scenario: Scenario, placement: Placement, last: date) -> date:
    """The date of the milestone that counts as the evaluation, if it comes after the operation."""
    meant = (one for one in scenario.cycle.milestones if scenario.cycle.meaning(one.id) == "evaluation")
    milestone = next((one for one in meant if one.comes_after), None)
    due = last if milestone is None else milestone_day(scenario, milestone, placement)
    return due if due > last else last + OPEN_DAYS
