"""The police's part: designated officers, shifts held, police called off, and reserves that stood in for that."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.errors import Message
from arshjul.year.agenda.cause import KINDS
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.history.lived_replans import ToldPlaces
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan, ReplanRecord
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import UNKNOWN_END_DAYS
from arshjul.year.domain.withdrawal import Withdrawal, first_told
from arshjul.year.planning.report.figures import CARRIED_OUT, SHORT_NOTICE_DAYS, DatedOperation, Figure

HOURS: Mapping[str, tuple[float, Message]] = {
    "under-6": (6, Message("under 6 hours")),
    "6-24": (24, Message("6 to 24 hours")),
    "days-1-6": (24 * 7, Message("1 to 6 days")),
    "days-7-13": (24 * SHORT_NOTICE_DAYS, Message("7 to 13 days")),
    "days-14": (float("inf"), Message("14 days or more")),
}
"""The groups of notice of police called off: under so many hours before the operation."""
WAYS: Mapping[str, Message] = {
    "other-unit": Message("another unit, same time"),
    "fewer-officers": Message("same time, with the officers left"),
    "moved": Message("moved to another time"),
    "without-police": Message("carried out without police"),
    "date-lost": Message("called off"),
}


@dataclass(frozen=True, slots=True)
class LostPolice:
    """`way`: one of `WAYS`; `hours`: of notice before it was to begin; `reserve`: one was held at its time instead."""

    old: Placement
    units: tuple[str, ...]
    cause: str
    hours: float
    way: str
    reserve: str | None

    @property
    def notice(self) -> str:
        return next(key for key, (under, _) in HOURS.items() if self.hours < under)


def lost_police(
    scenario: Scenario, plan: Plan, made: Iterable[ReplanRecord], places: ToldPlaces, period: Span
) -> list[LostPolice]:
    """By date; an operation counts each time. `made`: the replans lived; `places`: those that parties were told of."""
    polices = list[LostPolice]()
    calls = [*_calls(scenario, plan)]
    outcomes = plan.entries.known_outcomes()
    promoted, slots = {**plan.entries.promoted}, {id: place.slot for id, place in plan.placed.items()}
    for record in made:
        moves = {move.operation: move for move in record.changed}
        for id in sorted(record.hit):
            stood = [None, *(place for version, place in places.get(id, ()) if version <= record.number)][-1]
            old, new = (moves[id].old, moves[id].new) if id in moves else (stood, stood)
            if old is None or old.slot.day not in period:
                continue
            units = scenario.lenders(id, old.police)
            first, call = _call_of(calls, units, old, record)
            began = scenario.moments(old.slot)[0]
            outcome = outcomes.get((id, old.slot.day))
            way = _way(old, new, came=outcome is None or outcome.result != "without-police")
            instead = [one for one, at in promoted.items() if at == record.number and slots.get(one) == old.slot]
            reserve = instead[0] if instead and way in ("moved", "date-lost") else None
            promoted.pop(reserve or "", None)
            polices.append(
                LostPolice(
                    old,
                    units if call is None else tuple(unit for unit in units if unit in call.police),
                    call.cause if call is not None and call.cause in KINDS else "other",
                    max((began - first) / timedelta(hours=1), 0.0),
                    way,
                    reserve,
                )
            )
    return sorted(polices, key=lambda one: (one.old.slot.day, one.old.operation))


def _calls(scenario: Scenario, plan: Plan) -> Iterator[tuple[datetime, Withdrawal, Span]]:
    first = first_told(plan.entries.withdrawals)
    for withdrawal in plan.entries.in_force():
        last = withdrawal.ends(plan.as_of.date(), scenario.settings[UNKNOWN_END_DAYS])
        yield first.get(withdrawal.id) or plan.as_of, withdrawal, Span(withdrawal.first, max(withdrawal.first, last))


def _call_of(
    calls: Iterable[tuple[datetime, Withdrawal, Span]], units: Sequence[str], old: Placement, record: ReplanRecord
) -> tuple[datetime, Withdrawal | None]:
    """The last withdrawal before the replan that took officers from that place, and when it was told."""
    causes = {why.id for why in (record.causes or {}).get(old.operation, ()) if why.kind == "withdrawal"}
    there = [
        (told, one)
        for told, one, dates in calls
        if told <= record.as_of
        and not set(units).isdisjoint(one.police)
        and (one.id in causes or (old.slot.day in dates and one.covers(old.slot, dates.last)))
    ]
    return max(there, key=lambda one: (one[1].id in causes, one[0]), default=(record.as_of, None))


def _way(old: Placement, new: Placement | None, *, came: bool) -> str:
    if new is None:
        return "date-lost"
    if new.slot != old.slot:
        return "moved"
    if new.police is None or not came:
        return "without-police"
    return "fewer-officers" if new.police == old.police else "other-unit"


def lost_figures(lost: Sequence[LostPolice]) -> Iterator[Figure]:
    """Figures of police lost: number, notice, reason, result; each of the last three adds up to the first."""
    n = len(lost)
    yield Figure("lost", Message("police withdrawn from an operation, times"), n, None, "police_lost")
    short = Message("of these with under {days} days' notice", {"days": SHORT_NOTICE_DAYS})
    yield Figure("short", short, sum(police.hours < HOURS["days-7-13"][0] for police in lost), n, "police_lost")
    for cause, label in KINDS.items():
        if of := sum(police.cause == cause for police in lost):
            because = Message("withdrawn because of {cause}", {"cause": label})
            yield Figure("times", because, of, n, "lost_by_cause", cause)
    notice, ways = Counter(police.notice for police in lost), Counter(loss.way for loss in lost)
    for key, (_, label) in HOURS.items() if lost else ():
        yield Figure("times", Message("notice: {hours}", {"hours": label}), notice[key], n, "lost_by_notice", key)
    for key, label in WAYS.items() if lost else ():
        yield Figure("times", Message("then: {way}", {"way": label}), ways[key], n, "lost_by_way", key)
    if lost:
        label = Message("besides: a reserve took the time")
        yield Figure("reserve", label, sum(police.reserve is not None for police in lost), n, "police_lost")


def shifts_held(
    scenario: Scenario, operations: Iterable[DatedOperation], lost: Iterable[LostPolice]
) -> Iterator[Figure]:
    """By unit: the operations to which its police came, of those to which they were to come and that are over."""
    held, gone = Counter[str](), Counter[str]()
    for operation in operations:
        units = scenario.lenders(operation.operation.id, operation.placement.police)
        if operation.state in ("done", "one-agency", "aborted"):
            held.update(units)
        elif operation.state == "without-police":
            gone.update(units)
    for loss in lost:
        gone.update(loss.units if loss.way not in ("fewer-officers", "without-police") else ())
    for id, unit in scenario.police.items():
        if held[id] + gone[id]:
            label = Message("police shifts held, {unit}", {"unit": unit.name})
            yield Figure("held", label, held[id], held[id] + gone[id], "shifts_held", id)


def experience(scenario: Scenario, plan: Plan, operations: Iterable[DatedOperation]) -> Iterator[Figure]:
    there = [
        operation for operation in operations if operation.called_off is None and operation.placement.police is not None
    ]
    label = Message("operations with a designated officer")
    yield Figure("designated", label, _with_designated(scenario, plan, there), len(there), "police")
    units = defaultdict[str, Counter[str | None]](Counter)
    for operation in there:
        units[operation.operation.sector][operation.placement.police] += 1
    label = Message("operations served by their sector's most common unit")
    yield Figure("same_unit", label, sum(max(of.values()) for of in units.values()), len(there), "police")


def _with_designated(scenario: Scenario, plan: Plan, there: Iterable[DatedOperation]) -> int:
    """Operations with a designated officer, as far as their unit offers them; those that require one come first."""
    then = scenario.after(plan.entries.in_force(), plan.as_of.date())
    asking = defaultdict[tuple[str, Slot], list[bool]](list)
    for operation in there:
        if operation.operation.designated != "none" and operation.placement.police is not None:
            asking[operation.placement.police, operation.placement.slot].append(
                operation.operation.designated == "require"
            )
    return sum(
        min(len(of), max(then.police_offer(unit, slot).designated, sum(of))) for (unit, slot), of in asking.items()
    )


@dataclass(frozen=True, slots=True)
class UsedReserve:
    """A reserve that was carried out; `meanwhile`: the operations that lost that time in the same version."""

    placement: Placement
    meanwhile: tuple[str, ...]

    @property
    def said(self) -> Message:
        values = {"operation": self.placement.operation, "day": self.placement.slot.day, "others": list(self.meanwhile)}
        if not self.meanwhile:
            return Message("{operation} {day}", values)
        return Message("{operation} {day} instead of {others}", values)


def used_reserves(plan: Plan, there: Iterable[DatedOperation]) -> list[UsedReserve]:
    promoted = plan.entries.promoted
    used = (
        operation.placement
        for operation in there
        if operation.operation.id in promoted and operation.state in CARRIED_OUT
    )
    return [UsedReserve(place, _meanwhile(plan, place, promoted[place.operation])) for place in used]


def _meanwhile(plan: Plan, place: Placement, version: int) -> tuple[str, ...]:
    record = next((revision for revision in plan.revisions if revision.number == version), None)
    left = () if record is None else (move for move in record.changed if move.operation in record.hit)
    return tuple(move.operation for move in left if move.old is not None and move.old.slot == place.slot)


def figures_of_reserves(scenario: Scenario, plan: Plan, used: list[UsedReserve]) -> Iterator[Figure]:
    promoted = plan.entries.promoted.keys()
    held = {operation.id for operation in scenario.operations.values() if operation.reserve}
    yield Figure("reserves", Message("reserves promoted"), len(promoted), len(promoted | held))
    label = Message("saved by a reserve")
    if used:
        label = Message("saved by a reserve ({reserves})", {"reserves": [reserve.said for reserve in used]})
    yield Figure("saved_by_reserve", label, len(used))
