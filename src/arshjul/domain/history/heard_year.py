"""The year of a plan as a log to learn from: withdrawals as long as they lasted, and those that outcomes reveal."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from arshjul.domain.calendar import Slot
from arshjul.domain.entries.amendment import Outcome
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.risk import HeardLog
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal, first_told
from arshjul.errors import Message


def heard_year(scenario: Scenario, plan: Plan) -> HeardLog | None:
    """The log that the plan's entries make, up to the date of its last news; None if that is before the year begins."""
    first = first_told(plan.entries.standing().withdrawals)
    reports = (replace(one, reported=first[one.id]) for one in plan.entries.in_force())
    told = tuple(as_it_lasted for report in reports for as_it_lasted in _as_it_lasted(scenario, report))
    return HeardLog(scenario.span, (*told, *_found_missing(scenario, plan, told))).up_to(watched_to(plan))


def watched_to(plan: Plan) -> date:
    """The last date that the plan knows about: that of its own moment, or of the latest report in it.

    It is unknown whether officers were withdrawn later.
    """
    return max([plan.as_of.date(), *(entry.reported.date() for entry in plan.entries if entry.reported is not None)])


def watched_short(scenario: Scenario, plan: Plan, folder: str) -> Message | None:
    """A warning that the plan covers only a part of its year, or nothing of it; None if it covers all."""
    values = {"folder": folder, "day": watched_to(plan), "first": scenario.span.first, "last": scenario.span.last}
    if watched_to(plan) < scenario.span.first:
        return Message(
            "{folder} ends on {day}, before its year begins on {first}: nothing is learnt from it.",
            values,
        )
    if watched_to(plan) < scenario.span.last:
        return Message("{folder} counts to {day}, its last entry, and not to {last}.", values)
    return None


def _as_it_lasted(scenario: Scenario, one: Withdrawal) -> Iterator[Withdrawal]:
    """The withdrawal without the dates at its ends that were given back entirely; nothing if all were.

    Dates given back in between or in part do not make it shorter.
    """
    until = one.last or scenario.span.last
    first, last = one.first, until
    while one.given_back and last >= first and _is_given_back(scenario, one, last):
        last -= timedelta(days=1)
    while one.given_back and first <= last and _is_given_back(scenario, one, first):
        first += timedelta(days=1)
    if first <= last:
        yield replace(
            one, first=first, last=one.last if last == until else last, until=None, given_back=(), revision=None
        )


def _is_given_back(scenario: Scenario, one: Withdrawal, day: date) -> bool:
    shifts = [shift.id for shift in scenario.shifts] if one.shifts is None else one.shifts
    return all(one.ceiling(Slot(day, shift), day) is None for shift in shifts)


def _found_missing(scenario: Scenario, plan: Plan, told: Iterable[Withdrawal]) -> Iterator[Withdrawal]:
    """A withdrawal of a single shift for each outcome that shows an operation without the unit's officers.

    Such an operation was to have police and was carried out without, or with fewer than it needs. One that was called
    off says nothing unless the officers were counted. Slots that a reported withdrawal covers are not repeated.
    """
    seen: set[tuple[str, Slot]] = set()
    known = [(one, one.last or scenario.span.last) for one in told]
    stood = _stood(plan)
    for (operation, day), outcome in plan.entries.known_outcomes().items():
        place = None if day is None else stood.get((operation, day))
        if place is None or place.police is None or not _lacked_police(scenario, outcome):
            continue
        where = place.police, place.slot
        if where in seen or any(place.police in one.police and one.covers(place.slot, last) for one, last in known):
            continue
        seen.add(where)
        yield Withdrawal(
            f"{operation}-{place.slot.day}", None, (place.police,), place.slot.day, place.slot.day, (place.slot.shift,)
        )


def _lacked_police(scenario: Scenario, outcome: Outcome) -> bool:
    if outcome.result == "without-police":
        return True
    operation = scenario.operations.get(outcome.operation)
    return operation is not None and outcome.officers is not None and outcome.officers < operation.least


def _stood(plan: Plan) -> Mapping[tuple[str, date], Placement]:
    """Each placement that the plan has or had, by operation and first date."""
    moves = (move.old for revision in plan.revisions for move in revision.changed)
    places = (*(old for old in moves if old is not None), *plan.placements)
    return {(place.operation, place.slot.day): place for place in places}
