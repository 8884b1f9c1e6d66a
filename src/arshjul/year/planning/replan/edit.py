"""A scenario edited while its year goes on: which parts are taken over, and which stay.

An edit is kept as it was given; decisions of the year are made on it again, in their order. Operations that have begun
keep what they used. Units, agencies and areas that the plan names stay, so that history and earlier entries can be
read, but lend and send nothing any more.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal, NamedTuple, get_args

from arshjul.errors import Message, Refused
from arshjul.year.domain.entries.amendment import Amendment, Cancelled, Edited, Undone
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.parties import OfficerLine, RiskLine, TeamLine
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_former_parties, with_parties_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet


@dataclass(frozen=True, slots=True)
class Edit:
    """The scenario with which the year goes on, as it was `given` and with the year's decisions made again.

    `difference` is what was edited; None if a publishing was taken back and nothing edited. `gone` are operations that
    went with what was taken back.
    """

    scenario: Scenario
    given: Scenario
    difference: Edited | None
    gone: tuple[str, ...] = ()
    warnings: tuple[Message, ...] = ()


def edited(old: Scenario, given: Scenario | None, plan: Plan, entered: Entries, as_of: datetime) -> Edit | None:
    """None if nothing was edited or taken back. Refused if it cannot belong to this plan, or if an operation that has
    not begun is gone, or has become a reserve, and no entry cancels it.
    """
    undone = next(
        (change for change in entered.changes if isinstance(change, Undone) and change.before is not None), None
    )
    if given is None and undone is None:
        return None
    started = started_in(old, plan, entered, as_of)
    present = old if given is None else replace(given.with_history_until(as_of.date()), objects=old.objects)
    if given is not None:
        _refuse_another_plan(old, given, plan, started, as_of)
    decided = plan.entries.decided(entered)
    former = plan.given.scenario(old) if undone is None or undone.before is None else undone.before
    former = replace(former, objects=old.objects).with_unplanned(old)
    asked = rebased(old, present, former).scenario
    new, without = remade(asked, decided, present), old if undone is None else remade(former, decided, present)
    without = replace(without, operations={**without.operations, **{id: old.operations[id] for id in started}})
    gone = {id for id in old.operations if id not in new.operations and id not in started}
    cancelled = {change.operation for change in entered.changes if isinstance(change, Cancelled)}
    _refuse_gone(without, new, cancelled, started)
    operations = dict(new.operations)
    for id in old.operations:
        if id in started:
            operations[id] = _as_it_was(old, new, old.operations[id])
        elif id in gone:
            operations[id] = old.operations[id]
    there = frozenset(operations)
    operations = {
        id: _with_known_ties(operation, there) if id in started else operation for id, operation in operations.items()
    }
    odd = [
        Message("{operation} remains cancelled.", {"operation": id})
        for id in present.operations
        if id not in new.operations and id not in old.operations
    ]
    whole = with_former_parties(old, replace(new, operations=operations), plan)
    told = None if given is None else difference(without, whole, gone & without.operations.keys())
    taken = tuple(id for id in old.operations if id in gone and id not in without.operations and id not in cancelled)
    return Edit(whole, asked, told, taken, tuple(odd))


def remade(given: Scenario, decided: Iterable[Amendment], present: Scenario) -> Scenario:
    """Sites are the present ones. What went with a publishing that was taken back may come again."""
    new = given
    for change in decided:
        if not isinstance(change, Cancelled) or not change.undone:
            new = change.on(new)
    known = {id: operation.sites for id, operation in present.operations.items()}
    return replace(
        new,
        operations={
            id: replace(operation, sites=known.get(id, operation.sites)) for id, operation in new.operations.items()
        },
    )


def as_given(old: Scenario, given: Scenario, plan: Plan) -> Scenario:
    return rebased(old, given, plan.given.scenario(old)).scenario


def taken_over(old: Scenario, given: Scenario, plan: Plan) -> Scenario:
    return remade(as_given(old, given, plan), plan.entries.decided(), given)


def kept(old: Scenario, given: Scenario, ids: Collection[str]) -> Scenario:
    operations = {**given.operations, **{id: old.operations[id] for id in ids}}
    there = frozenset(operations)
    operations = {
        id: _with_known_ties(operation, there) if id in ids else operation for id, operation in operations.items()
    }
    return with_parties_of(old, replace(given, operations=operations), [operations[id] for id in ids])


def started_in(old: Scenario, plan: Plan, entered: Entries, as_of: datetime) -> set[str]:
    """The operations that have begun and were not called off."""
    outcomes = tuple(
        replace(outcome, day=outcome.day or plan.placed[outcome.operation].slot.day)
        for outcome in entered.outcomes
        if outcome.day is not None or outcome.operation in plan.placed
    )
    demands = plan.entries.and_then(entered.with_lists(outcomes=outcomes)).demands(plan.revision + 1)
    return {id for id in old.begun(plan.placed, as_of) if not demands.is_called_off(id, plan.placed[id].slot.day)}


def _refuse_another_plan(old: Scenario, given: Scenario, plan: Plan, started: Iterable[str], as_of: datetime) -> None:
    for key, before, now in (
        ("plan.name", old.name, given.name),
        ("plan.from", old.span.first, given.span.first),
        ("plan.timezone", old.timezone, given.timezone),
    ):
        if before != now:
            values = {"key": key, "before": before, "now": now}
            raise Refused(Message("{key} has changed from {before} to {now}: put it back, or plan anew.", values))
    begun = max((old.last_day(plan.placed[id]) for id in started), default=as_of.date())
    if given.span.last < max(as_of.date(), begun):
        values = {"last": given.span.last, "as_of": as_of if begun <= as_of.date() else begun}
        raise Refused(Message("The year would end {last}, before {as_of}: set a later plan.to.", values))
    shifts = {shift.id: shift for shift in given.shifts}
    moved = (place for record in plan.revisions for move in record.changed for place in (move.old, move.new))
    stood = (change.stood for change in plan.entries.changes if isinstance(change, Cancelled))
    used = {place.slot.shift for place in (*plan.placements, *moved, *stood) if place is not None}
    used |= {shift for withdrawal in plan.entries.withdrawals for shift in withdrawal.shifts or ()}
    if absent := sorted(used - shifts.keys()):
        raise Refused(Message("The plan uses the removed shifts {shifts}: put them back.", {"shifts": absent}))
    for shift in sorted({plan.placed[id].slot.shift for id in started}):
        if (old.shift(shift).start, old.shift(shift).end) != (shifts[shift].start, shifts[shift].end):
            values = {"shift": shift}
            raise Refused(Message("Operations have started in the shift {shift}: keep its hours.", values))


def _refuse_gone(old: Scenario, new: Scenario, cancelled: set[str], started: set[str]) -> None:
    missing = [
        id
        for id, operation in old.operations.items()
        if id not in cancelled and id not in started
        if id not in new.operations or (new.operations[id].reserve and not operation.reserve)
    ]
    if missing:
        text = Message(
            "{operations} would leave the year, or become reserves, uncancelled: cancel each, or put it back.",
            {"operations": missing},
        )
        raise Refused(text)


def _as_it_was(before: Scenario, new: Scenario, old: Operation) -> Operation:
    """The begun operation with the new title, sites and meanings of names; its meeting place and visits stay."""
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
    changed = {
        id: keys
        for id, operation in new.operations.items()
        if id in old.operations and id not in gone and (keys := _keys(old.operations[id], operation))
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


class Rebased(NamedTuple):
    """An edit made anew, and with `theirs` where both changed one thing otherwise; equal if nothing is contested."""

    scenario: Scenario
    theirs: Scenario

    @property
    def is_contested(self) -> bool:
        return self.scenario != self.theirs


def rebased(before: Scenario, edited: Scenario, onto: Scenario) -> Rebased:
    """The scenario `onto` with all that the edit changed. What has an id is merged key by key, other rows as a set.

    Withdrawals are not part of the edit. The result may name things that are gone from it: the caller has to check.
    """
    sides = _Sides(replace(before, taken=onto.taken), replace(edited, taken=onto.taken), onto)
    return Rebased(*(sides.merged_keys(wins, are_sections=True) for wins in get_args(_Winner)))


def with_objects_of(edited: Scenario, before: Scenario, onto: Scenario) -> Scenario:
    return replace(onto, objects=_Sides(before.objects, edited.objects, onto.objects).merged("edited"))


_Winner = Literal["edited", "onto"]
"""The side whose value stands where both changed one thing otherwise."""

_ABSENT = object()

_Rows = tuple[Any, ...]


class _Sides(NamedTuple):
    """A value before an edit, after it, and where the edit is made anew."""

    before: Any
    edited: Any
    onto: Any

    def of(self, part: Callable[[Any], Any]) -> "_Sides":
        return _Sides(*map(part, self))

    def merged(self, wins: _Winner, *, is_section: bool = False) -> Any:
        if self.edited == self.before:
            return self.onto
        if self.onto in (self.before, self.edited):
            return self.edited
        if all(isinstance(side, Mapping) for side in self):
            return self.merged_ids(wins)
        if all(type(side) is tuple for side in self):
            if any(not hasattr(row, "id") for side in self for row in side):
                return self.merged_rows(wins)
            by_id = self.of(lambda rows: {row.id: row for row in rows})
            return tuple(by_id.merged_ids(wins).values())
        is_of_one_kind = type(self.before) is type(self.edited) is type(self.onto)
        has_keys = hasattr(self.onto, "id") or (is_section and is_dataclass(self.onto))
        return self.merged_keys(wins) if is_of_one_kind and has_keys else getattr(self, wins)

    def merged_keys(self, wins: _Winner, *, are_sections: bool = False) -> Any:
        """Merged key by key; the keys of a scenario are sections, which have no id: calendar, cycle, objective."""
        keys = [field.name for field in fields(self.onto) if field.init]
        parts = {key: self.of(attrgetter(key)).merged(wins, is_section=are_sections) for key in keys}
        return replace(self.onto, **parts)

    def merged_ids(self, wins: _Winner) -> dict[Any, Any]:
        ids = dict.fromkeys((*_ordered(*self.of(tuple)), *self.onto, *self.edited))
        merged = {id: _Sides(*(side.get(id, _ABSENT) for side in self)).merged(wins) for id in ids}
        return {id: one for id, one in merged.items() if one is not _ABSENT}

    def merged_rows(self, wins: _Winner) -> Any:
        """As a set. Contested if both replaced one row otherwise, or added lines of which the later one decides."""
        hers, theirs = ([row for row in rows if row not in self.before] for rows in (self.edited, self.onto))
        is_replaced_twice = any(row not in self.edited and row not in self.onto for row in self.before)
        if is_replaced_twice and hers and theirs and hers != theirs:
            return getattr(self, wins)
        hers_last = _ordered(*self)
        theirs_last = _ordered(self.before, self.onto, self.edited)
        if not any(_meet(mine, other) for mine in hers for other in theirs if mine != other):
            return hers_last
        if hers_last == theirs_last:
            return getattr(self, wins)
        return hers_last if wins == "edited" else theirs_last


def _meet(line: object, other: object) -> bool:
    """True if these are availability lines of which both may apply to one slot."""
    lines = (OfficerLine, TeamLine, RiskLine)
    return isinstance(line, lines) and isinstance(other, lines) and line.when.overlaps(other.when)


def _ordered(before: _Rows, edited: _Rows, onto: _Rows) -> _Rows:
    """The rows of `onto` without those that the edit took away, and with those that it put in.

    They stand in the order of `onto`, unless the edit changed the order of those before. What it put in comes after the
    row that it follows there, so that a changed row keeps its place; what it added to the end comes last.
    """
    rows = [row for row in onto if row in edited or row not in before]
    place = 0 if before else len(rows)
    for row in edited:
        if row in rows:
            place = rows.index(row) + 1
        elif row not in before:
            rows.insert(place, row)
            place += 1
        if before and row == before[-1]:
            place = len(rows)
    if [row for row in edited if row in before] != [row for row in before if row in edited]:
        wanted = iter([row for row in edited if row in rows])
        rows = [next(wanted, row) if row in edited else row for row in rows]
    return tuple(rows)
