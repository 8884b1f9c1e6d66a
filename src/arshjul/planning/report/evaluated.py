"""What was evaluated, how soon, by whom, and the marks that parties gave."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from statistics import fmean

from arshjul.agenda.evaluations import ToEvaluate, asked_evaluations, given_evaluations
from arshjul.domain.calendar import Span
from arshjul.domain.entries.learnt import PartyEvaluation
from arshjul.domain.information_sheet.declared import SECTIONS
from arshjul.domain.plan import Held, Plan, held_on
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.report.figures import Figure
from arshjul.planning.report.lead_time import median_figure
from arshjul.planning.report.obstacles import LEAST
from arshjul.planning.report.occasions import CARRIED_OUT, DatedOperation, counted_evaluations

MARKS: Mapping[str, Message] = {
    "lead_time": Message("told in good time"),
    "information": Message("information needed"),
    "right_object": Message("the right object"),
    "roles": Message("roles clear"),
    "police": Message("the police's part"),
}
"""What parties give marks, 1 to 5."""


def evaluated(scenario: Scenario, plan: Plan, operations: Sequence[DatedOperation]) -> Iterator[Figure]:
    """Those that were evaluated, of what was carried out; and how long after the operation."""
    cycle, held = scenario.cycle, plan.held()
    of = [one for one in operations if one.state in CARRIED_OUT]
    done = [(one, day) for one in of if (day := _evaluated_on(scenario, held, one)) is not None]
    if not done and not any(cycle.meaning(milestone.id) == "evaluation" for milestone in cycle.milestones):
        label = Message("evaluated: unknown, no milestone is an evaluation")
        yield Figure("evaluated", label, None)
        return
    yield Figure("evaluated", Message("evaluated, of those carried out"), len(done), len(of))
    days = [(day - scenario.last_day(one.placement)).days for one, day in done if day != date.max]
    none = Message("days from operation to evaluation: unknown")
    yield median_figure(days, "evaluation", "days", Message("days from operation to evaluation: median"), none)


def _evaluated_on(scenario: Scenario, held: Held, one: DatedOperation) -> date | None:
    """When its evaluation was held; or else when an outcome that counts one was reported (`date.max`: not known)."""
    milestones = (each for each in scenario.cycle.milestones if scenario.cycle.meaning(each.id) == "evaluation")
    for milestone in milestones:
        if (on := held_on(held, milestone, one.placement)) is not None:
            return on
    if one.outcome is None or not any(counted_evaluations(scenario, one.outcome).values()):
        return None
    return date.max if one.outcome.reported is None else one.outcome.reported.date()


def answered(
    scenario: Scenario, plan: Plan, today: date, period: Span, contacts: ToEvaluate | None
) -> Iterator[Figure]:
    """Of the operations of the period whose evaluation has opened, how many parties were asked of, and answered.

    Of all parties and of each, by its name; nothing if nobody has answered.
    """
    every = asked_evaluations(scenario, plan)
    evaluations = given_evaluations(plan, every)
    said = evaluations.keys()
    asked = [one for one in every.values() if one.opens <= today and one.first in period]
    own = {
        id: [one for one in asked if (one.operation, id) in said or one.asks(id, contacts)] for id in scenario.parties
    }
    given = {id: sum((one.operation, id) in said for one in of) for id, of in own.items() if of}
    if n := sum(given.values()):
        of = sum(map(len, own.values()))
        yield Figure("answered", Message("parties that evaluated, of those asked"), n, of)
    for id in sorted(given if n else (), key=lambda id: scenario.parties[id].name.casefold()):
        label = Message("evaluations by {party}", {"party": scenario.parties[id].name})
        yield Figure("answered", label, given[id], len(own[id]), "answered_by", id)
    operations = {one.operation for one in asked}
    yield from _marks([one for (operation, _), one in evaluations.items() if operation in operations])


def _marks(given: Collection[PartyEvaluation]) -> Iterator[Figure]:
    """The mean of each mark, the lowest of them, and what is worst in information sheets.

    They are of all parties together, and of at least `LEAST` answers: what one party said only the coordinator reads.
    """
    if not given:
        return
    marks = {key: [mark for one in given if (mark := getattr(one, key)) is not None] for key in MARKS}
    means = {key: round(fmean(of), 1) for key, of in marks.items() if len(of) >= LEAST}
    for key, what in MARKS.items():
        label = Message("mark 1 to 5: {what} ({n} answers)", {"what": what, "n": len(marks[key])})
        few = Message("mark 1 to 5: {what}, fewer than {least} answers", {"what": what, "least": LEAST})
        yield Figure("mean", label if key in means else few, means.get(key), None, "marks", key)
    if means:
        worst = min(means, key=lambda key: means[key])
        yield Figure("worst", Message("lowest mark: {what}", {"what": MARKS[worst]}), means[worst], None, "worst")
    named = Counter(section for one in given if (section := one.worst_section) and section in SECTIONS)
    section, n = max(named.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    if n >= LEAST:
        label = Message("worst part of the information sheet: {section}", {"section": SECTIONS[section].title})
        yield Figure("section", label, n, named.total(), "worst")
