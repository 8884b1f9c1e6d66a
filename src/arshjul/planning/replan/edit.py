"""A scenario edited while its year goes on: which parts are taken over, and which stay.

Operations that have begun keep what they used. Units, agencies and areas that the plan names stay, so that history and
earlier entries can be read, but lend and send nothing any more.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from arshjul.domain.entries.amended import latest_changes, without_replaced
from arshjul.domain.entries.amendment import Cancelled, Edited, Nominated, Undone
from arshjul.domain.entries.entries import Entries
from arshjul.domain.former import with_former_parties, with_parties_of
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.taking_part import Meet
from arshjul.errors import Message, Refused


@dataclass(frozen=True, slots=True)
class Edit:
    """The scenario with which the year goes on, its differences from before, and warnings."""

    scenario: Scenario
    difference: Edited
    warnings: tuple[Message, ...] = ()


def edited(old: Scenario, given: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> Edit:
    """The given scenario with the plan's earlier changes applied again. Refused if it cannot belong to this plan.

    Also refused if an operation that has not begun is gone, or has become a reserve, and no entry cancels it.
    """
    started = started_in(old, plan, entered, as_of)
    _refuse_another_plan(old, given, plan, started, as_of)
    cancelled = {change.operation for change in entered.changes if isinstance(change, Cancelled)}
    standing = replace(plan, entries=plan.entries.standing(entered))
    new = remade(old, replace(given.heard_until(as_of.date()), objects=old.objects), standing)
    odd = [
        Message("{operation} was cancelled, and stays so.", {"operation": id})
        for id in given.operations
        if id not in new.operations
    ]
    gone = set(old.operations.keys() - new.operations.keys() - started)
    _refuse_gone(old, new, gone, cancelled | _back_in_reserve(entered), started)
    operations = dict(new.operations)
    for id in old.operations:
        if id in started:
            operations[id] = _as_it_was(old, new, old.operations[id])
        elif id in gone:
            operations[id] = old.operations[id]
    there = frozenset(operations)
    operations = {id: _with_known_ties(one, there) if id in started else one for id, one in operations.items()}
    new = with_former_parties(old, replace(new, operations=operations), plan)
    return Edit(new, difference(old, new, gone), tuple(odd))


def remade(old: Scenario, given: Scenario, plan: Plan) -> Scenario:
    """The given scenario with the plan's earlier changes applied again: decisions stand, whatever it says."""
    changes = plan.entries.standing().changes
    new = without_replaced(given, changes)
    for change in latest_changes(changes):
        if isinstance(change, Nominated):
            known = old.operations.get(change.operation.id, change.operation)
            new = replace(change, operation=known).on(new)
        elif not isinstance(change, Cancelled) or not change.undone:
            new = change.on(new)
    return new


def kept(old: Scenario, given: Scenario, ids: Collection[str]) -> Scenario:
    """The given scenario with these operations of the old one added, and the parties that they name."""
    operations = {**given.operations, **{id: old.operations[id] for id in ids}}
    there = frozenset(operations)
    operations = {id: _with_known_ties(one, there) if id in ids else one for id, one in operations.items()}
    return with_parties_of(old, replace(given, operations=operations), [operations[id] for id in ids])


def started_in(old: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> set[str]:
    """The operations that have begun and were not called off."""
    entries = plan.entries.and_then(entered)
    dated = replace(
        entries,
        outcomes=tuple(
            replace(outcome, day=outcome.day or plan.placed[outcome.operation].slot.day)
            for outcome in entries.outcomes
            if outcome.day is not None or outcome.operation in plan.placed
        ),
    )
    demands = dated.demands(plan.revision + 1)
    begun = old.begun(plan.placed, as_of)
    return {id for id in begun if not demands.is_called_off(id, plan.placed[id].slot.day)}


def _refuse_another_plan(old: Scenario, given: Scenario, plan: Plan, started: Iterable[str], as_of: datetime) -> None:
    for key, before, now in (
        ("plan.name", old.name, given.name),
        ("plan.from", old.span.first, given.span.first),
        ("plan.timezone", old.timezone, given.timezone),
    ):
        if before != now:
            values = {"key": key, "before": before, "now": now}
            text = Message("{key} is {now}, and was {before}: it is another plan. Keep it, or plan anew.", values)
            raise Refused(text)
    begun = max((old.last_day(plan.placed[id]) for id in started), default=as_of.date())
    if given.span.last < max(as_of.date(), begun):
        values = {"last": given.span.last, "as_of": as_of if begun <= as_of.date() else begun}
        raise Refused(Message("The year would end {last}, before {as_of}: let plan.to be later.", values))
    shifts = {shift.id: shift for shift in given.shifts}
    used = {placement.slot.shift for placement in plan.placements}
    used |= {shift for withdrawal in plan.entries.withdrawals for shift in withdrawal.shifts or ()}
    if absent := sorted(used - shifts.keys()):
        raise Refused(Message("The plan uses the shifts {shifts}, which are gone: put them back.", {"shifts": absent}))
    for shift in sorted({plan.placed[id].slot.shift for id in started}):
        if (old.shift(shift).start, old.shift(shift).end) != (shifts[shift].start, shifts[shift].end):
            values = {"shift": shift}
            raise Refused(Message("Operations have started in the shift {shift}: its hours stay as they were.", values))


def _back_in_reserve(entered: Entries) -> set[str]:
    """The operations that are reserves again, since what made them ordinary is taken back."""
    before = [one.before for one in entered.changes if isinstance(one, Undone) and one.before is not None]
    return {id for scenario in before for id, one in scenario.operations.items() if one.reserve}


def _refuse_gone(old: Scenario, new: Scenario, gone: set[str], cancelled: set[str], started: set[str]) -> None:
    """Refused if operations are missing, or are now reserves, and nobody cancels them."""
    reserves = {
        id
        for id, one in new.operations.items()
        if one.reserve and id in old.operations and not old.operations[id].reserve and id not in started
    }
    missing = [id for id in old.operations if id in (gone | reserves) - cancelled]
    if missing:
        text = Message(
            "{operations} would be gone from the year, or become reserves, and nobody has cancelled them: cancel each, "
            "or put it back.",
            {"operations": missing},
        )
        raise Refused(text)


def _as_it_was(before: Scenario, new: Scenario, old: Operation) -> Operation:
    """An operation that has begun: only its title and sites are taken over, and what names mean now.

    Where all met and whom they saw is its own from then on, if its area or the year says otherwise now.
    """
    now = new.operations.get(old.id, old)
    kept = replace(old, title=now.title, sites=now.sites)
    area = new.areas.get(old.area, before.areas[old.area])
    if kept.meet is None and area.meet != before.areas[old.area].meet:
        kept = replace(kept, meet=before.areas[old.area].meet or Meet(""))
    return kept if kept.share or new.share == before.share else replace(kept, share=before.share)


def _with_known_ties(operation: Operation, known: frozenset[str]) -> Operation:
    after = operation.after
    return replace(
        operation,
        after=after if after is not None and after.operation in known else None,
        same_slot_as=operation.same_slot_as if operation.same_slot_as in known else None,
        not_same_day_as=tuple(id for id in operation.not_same_day_as if id in known),
        not_same_week_as=tuple(id for id in operation.not_same_week_as if id in known),
    )


def difference(old: Scenario, new: Scenario, gone: set[str]) -> Edited:
    """The differences of the scenario with which the year goes on."""
    changed = {
        id: keys
        for id, one in new.operations.items()
        if id in old.operations and id not in gone and (keys := _keys(old.operations[id], one))
    }
    others = [
        field.name
        for field in fields(Scenario)
        if field.name not in ("operations", "taken") and getattr(old, field.name) != getattr(new, field.name)
    ]
    return Edited(
        new=tuple(id for id in new.operations if id not in old.operations),
        changed=changed,
        gone=tuple(id for id in old.operations if id in gone),
        sections=tuple("plan" if name in ("span", "language") else name for name in others),
    )


def _keys(old: Operation, new: Operation) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in fields(Operation)
        if field.compare and getattr(old, field.name) != getattr(new, field.name)
    )


_ABSENT = object()


def rebased(before: Scenario, edited: Scenario, onto: Scenario) -> Scenario:
    """A scenario with all that the edit changed; if both changed the same thing, the edit wins.

    Withdrawals are not part of the edit. The result may name things that are gone from it: the caller has to check.
    """
    merged: Scenario = _merged(before, edited, onto)
    return replace(merged, taken=onto.taken)


def with_objects_of(edited: Scenario, before: Scenario, onto: Scenario) -> Scenario:
    """A scenario with what the edit changed of the objects to visit, as `rebased`, and with nothing else of it."""
    return replace(onto, objects=_merged(before.objects, edited.objects, onto.objects))


def _merged(before: Any, edited: Any, onto: Any) -> Any:
    if edited == before:
        return onto
    if onto in (before, edited):
        return edited
    if isinstance(edited, Mapping) and isinstance(before, Mapping) and isinstance(onto, Mapping):
        ids = dict.fromkeys((*onto, *edited))
        merged = {id: _merged(*(one.get(id, _ABSENT) for one in (before, edited, onto))) for id in ids}
        return {id: one for id, one in merged.items() if one is not _ABSENT}
    if all(isinstance(one, tuple) and all(hasattr(each, "id") for each in one) for one in (before, edited, onto)):
        return tuple(_merged(*({each.id: each for each in one} for one in (before, edited, onto))).values())
    is_same = type(before) is type(edited) is type(onto)
    if is_same and is_dataclass(onto) and not isinstance(onto, type):
        keys = [field.name for field in fields(onto) if field.init]
        return replace(onto, **{key: _merged(*(getattr(one, key) for one in (before, edited, onto))) for key in keys})
    return edited
