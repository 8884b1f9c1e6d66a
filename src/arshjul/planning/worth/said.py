"""What one more of a party is worth, in sentences for the coordinator alone."""

from collections.abc import Iterator

from arshjul.domain.one_more import MORE_OFFICERS
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.worth.worth import MonthWorth, Worth
from arshjul.texts import Month, counted


def question(scenario: Scenario, party: str) -> Message:
    """What is asked: one more team, or two more officers."""
    name = scenario.parties[party].name
    if party in scenario.agencies:
        return Message("One more team of {party}, wherever it offers any", {"party": name})
    values = {"party": name, "n": MORE_OFFICERS}
    return Message("{n} more officers of {party}, wherever it offers any", values)


def beforehand(worth: Worth) -> Iterator[Message]:
    """What there is to bring in."""
    if worth.unaided > 0:
        yield counted(
            worth.unaided,
            "One operation that is left out would come in by a replan alone: it is not counted below.",
            "{n} operations that are left out would come in by a replan alone: they are not counted below.",
        )
    yield counted(worth.left_out, "One operation is left out whatever moves.", "{n} are left out whatever moves.")
    yield counted(worth.weak, "One has no fall-back slot.", "{n} have no fall-back slot.")


def effect(one: MonthWorth) -> Message:
    """What one more in the month would bring."""
    if not one.shifts:
        return Message("offers nothing then that there could be more of")
    parts = []
    if one.operations > 0:
        parts.append(_brought_in(one))
    elif one.points or one.musts:
        parts.append(Message("others come in: {n} priority points less are left out", {"n": one.points}))
    if one.firms:
        parts.append(
            counted(
                len(one.firms),
                "a fall-back slot for {which}",
                "fall-back slots for {n} operations: {which}",
                which=list(one.firms),
            )
        )
    if not parts:
        parts.append(Message("brings nothing in, proven") if one.proven else Message("nothing found in time"))
    elif not one.proven:
        parts.append(Message("perhaps more: the time was up"))
    return Message("{parts}", {"parts": parts})


def month_said(one: MonthWorth) -> Message:
    """The month and what one more in it would bring."""
    return Message("{month}: {effect}", {"month": Month(one.month.first), "effect": effect(one)})


def _brought_in(one: MonthWorth) -> Message:
    text = counted(
        one.operations, "one operation comes in", "{n} operations come in", points=one.points, moved=one.moved
    )
    if one.moved > 0:
        return Message(
            "{what} ({points} points) if {moved} move", {"what": text, "points": one.points, "moved": one.moved}
        )
    return Message("{what} ({points} points)", {"what": text, "points": one.points})
