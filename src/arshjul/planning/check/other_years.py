"""Doubts about dates that lie outside the plan, and so say nothing of it: most often those of another year."""

from collections.abc import Iterator

from arshjul.domain.calendar import Span
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Agency, Matching, PoliceUnit
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.check.contradictions import Doubt, Where


def other_years(scenario: Scenario) -> Iterator[Doubt]:
    """What operations and parties date outside the plan.

    A calendar's closed dates are left alone: milestones and later years of the plan go by them.
    """
    for number, operation in enumerate(scenario.operations.values()):
        yield from _operation(scenario.span, ("operations", number), operation)
    for number, unit in enumerate(scenario.police.values()):
        yield from _party(scenario.span, ("police", number), unit, [line.when for line in unit.officers], "officers")
    for number, agency in enumerate(scenario.agencies.values()):
        yield from _party(scenario.span, ("agencies", number), agency, [line.when for line in agency.teams], "teams")


def _operation(plan: Span, where: Where, operation: Operation) -> Iterator[Doubt]:
    window, preferred = operation.window, operation.preferred
    if window is not None and window.first < plan.first:
        text = Message(
            "{operation} may begin {given}, before the plan, which begins {first}. Is the year right?",
            {"operation": operation.id, "given": window.first, "first": plan.first},
        )
        yield Doubt("outside-plan", text, (*where, "window"))
    if preferred is not None and not preferred.overlaps(plan):
        yield _outside(plan, operation.id, preferred, (*where, "preferred"))
    for number, span in enumerate(operation.not_on):
        if not span.overlaps(plan):
            yield _outside(plan, operation.id, span, (*where, "not_on", number))


def _party(plan: Span, where: Where, party: PoliceUnit | Agency, lines: list[Matching], key: str) -> Iterator[Doubt]:
    for number, when in enumerate(lines):
        if when.first is not None and when.last is not None and not Span(when.first, when.last).overlaps(plan):
            yield _outside(plan, party.name, Span(when.first, when.last), (*where, key, number))


def _outside(plan: Span, of: str, given: Span, where: Where) -> Doubt:
    values = {"of": of, "given": given.first, "first": plan.first, "last": plan.last}
    text = Message(
        "{of}: {given} lies outside the plan, {first} to {last}, and says nothing. Is the year right?", values
    )
    return Doubt("outside-plan", text, where)
