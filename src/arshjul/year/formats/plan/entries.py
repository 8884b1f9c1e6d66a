"""Entries of a year under way, from documents of any kind.

Each document may hold any of the lists: withdrawals and what is given back of them, outcomes, changes. All files of a
replan are judged together against the scenario and the plan: names must exist, dates lie within the year, and nothing
may occur twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import BaseModel

from arshjul.errors import InputError, Message, Problem, Refused
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.declaration import Entry, FromReplan
from arshjul.year.domain.entries.amendment import Nominated
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.entries.learnt import MOST_IMPROVEMENTS, latest_improvements
from arshjul.year.domain.operation import Operation, single
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.plan.answers import Proposed, judge_answers
from arshjul.year.formats.scenario.consistency import (
    judge_choice,
    judge_operation,
    judge_pin,
    judge_ties,
    judge_uids,
    outside,
)
from arshjul.year.formats.scenario.references import ids, ids_at, judge_references, judge_references_at
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.scenario.sections import Sections, Unfolded
from arshjul.year.formats.schema.custom_shapes import WrittenAlone
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import references
from arshjul.year.formats.schema.plan import EVENTS, LOGGED, MODELS
from arshjul.year.formats.tree import Document, Loc, Node, nodes
from arshjul.year.formats.words import quoted, unknown

LISTS = (*EVENTS, *MODELS)
NOMINATED = "operations"
_REFERENCES = tuple(
    reference
    for name, model in {**EVENTS, **MODELS}.items()
    if name != NOMINATED
    for reference in (
        *([(f"{name}[]", "operations")] if issubclass(model, WrittenAlone) else []),
        *references(list[model], name),  # type: ignore[valid-type]
    )
)
ONCE = ("cancelled", "pinned", "unpinned", "fewer_officers", "without_police", "promoted", "left_out", "outcomes")
"""The lists in which an operation may occur only once."""


def subject(name: str, item: Mapping[str, object]) -> tuple[str, object] | None:
    """The subject of an item of a list, if a later one about the same takes its place; None if both hold."""
    if name in ONCE:
        return "pinned" if name == "unpinned" else name, item.get("operation")
    return None if name == NOMINATED or "id" not in item else (name, item["id"])


def subject_of(entry: Entry | Withdrawal) -> tuple[str, object] | None:
    """The subject of an entry of a plan, likewise."""
    name = next(name for name, model in {**LOGGED, **EVENTS}.items() if model.thing is type(entry))
    return subject(name, {key: getattr(entry, key) for key in ("id", "operation") if hasattr(entry, key)})


_CANCELLED = Message("The operation is also cancelled in this replan: keep one.")
_PINNED = Message("The operation is also pinned in this replan: keep one.")
_NOT_BOTH = (
    ("unpinned", "pinned", _PINNED),
    ("cancelled", "pinned", _PINNED),
    ("without_police", "pinned", _PINNED),
    ("left_out", "pinned", _PINNED),
    *((name, "cancelled", _CANCELLED) for name in ("not_on", "fewer_officers", "without_police", "left_out")),
)


def entries_of(
    documents: Iterable[Document], scenario: Scenario, known: Entries | None = None, proposed: Proposed | None = None
) -> Entries:
    """The entries of all documents. `known` are earlier entries. InputError with all problems of all documents.

    Refused with all answers that do not belong to the proposal.
    """
    written = [_Written(document, scenario, proposed) for document in documents]
    there = known or Entries()
    reports = {withdrawal.id: withdrawal.last is None for withdrawal in (*there.withdrawals, *there.in_force())}
    reports |= {one.id: one.last is None for file in written for _, one in file.events["withdrawals"]}
    seen = _Seen()
    for file in written:
        file.judge(reports, seen)
    if any(file.document.problems() for file in written):
        names = [file.document.file for file in written if file.document.problems()]
        problems = [problem for file in written for problem in file.document.problems()]
        raise InputError(Message("{files} cannot be used.", {"files": names}), problems)
    refused = [problem for file in written for problem in file.refused]
    if refused:
        names = [file.document.file for file in written if file.refused]
        raise Refused(Message("{files} cannot be used.", {"files": names}), refused)
    read = Entries()
    for file in written:
        read = read.and_then(file.entries())
    _refuse_too_many(there.and_then(read))
    return read


def _refuse_too_many(entries: Entries) -> None:
    made = Counter(improvement.origin for improvement in latest_improvements(entries.improvements).values())
    for operation, n in made.items():
        if n > MOST_IMPROVEMENTS:
            values = {"operation": operation, "most": MOST_IMPROVEMENTS}
            raise Refused(Message("{operation} already has {most} improvements, the most allowed: change one.", values))


def faults_apart(document: Document) -> list[Problem]:
    """Problems without the scenario. Words that are no ids are ignored: they may be names of it."""
    sections = Sections(document, is_json=True)
    models: Mapping[str, type[BaseModel]] = {**EVENTS, **MODELS, NOMINATED: shape(Operation)}
    for name, model in models.items():
        sections.items(name, model)
    return [problem for problem in document.problems() if problem.kind != "bad-id"]


@dataclass(slots=True)
class _Seen:
    operations: dict[str, set[str]] = field(default_factory=dict)
    reports: set[tuple[str, str]] = field(default_factory=set)
    answers: set[tuple[str, str]] = field(default_factory=set)


class _Written:
    """Each list as far as it can be read."""

    def __init__(self, document: Document, scenario: Scenario, proposed: Proposed | None) -> None:
        if document.whole and not isinstance(document.tree.value, dict):
            names = " ".join(f"{name}:" for name in LISTS)
            document.stop("wrong-type", Message("A mapping belongs here, with {names}.", {"names": names}), 1)
        self.document, self.scenario, self.proposed = document, scenario, proposed
        self.refused: list[Problem] = []
        # Parts that were not read entirely are not judged: a missing key may come further down.
        # Programs write such files too, and JSON has dates only as words: with or without quotes, a date is one.
        sections = Sections(document if document.whole else Document(Node({})), is_json=True, zone=scenario.zone)
        sections.only(LISTS)
        self.events: dict[str, list[tuple[Loc, Any]]] = {n: sections.items(n, model) for n, model in EVENTS.items()}
        self.operations = sections.items(NOMINATED, shape(Operation))
        self.changes: dict[str, list[tuple[Loc, Any]]] = {
            name: sections.items(name, model) for name, model in MODELS.items() if name != NOMINATED
        }

    def judge(self, reports: Mapping[str, bool], seen: _Seen) -> None:
        """`reports`: for each known withdrawal, whether its end is unknown."""
        if not self.document.whole:
            return
        self._judge_own_keys()
        self._judge_dates()
        self._judge_withdrawals(reports, seen)
        for loc, new in self.operations:
            judge_operation(self.document, loc, new.domain(), self.scenario.span)
        for loc, fewer in self.changes["fewer_officers"]:
            operation = self.scenario.operations.get(fewer.operation)
            if operation is not None and fewer.officers > operation.officers:
                values = {"n": fewer.officers, "wanted": operation.officers}
                text = Message("{n} is more than the operation asks for: give at most {wanted}.", values)
                self.document.add("bad-value", (*loc, "officers"), text)
        milestones = {milestone.id: milestone.name for milestone in self.scenario.cycle.milestones}
        for loc, held in self.changes["held"]:
            if held.milestone not in milestones:
                text = Message("There is no {given}", {"given": quoted(held.milestone)})
                self.document.add("unknown-id", (*loc, "milestone"), unknown(held.milestone, milestones, text))
        self.refused = judge_answers(self.document, self.changes["answers"], self.proposed, seen.answers)
        unfolded = Unfolded.of(self.document)
        _judge_ids(unfolded, self.scenario, reports, {} if self.proposed is None else self.proposed.scenario.operations)
        self._judge_choices()
        _judge_once(self.document, seen)
        if "operations" in self.document.tree.parts:
            _judge_new_operations(unfolded, self.scenario)

    def _judge_choices(self) -> None:
        for loc, new in self.operations:
            judge_pin(self.document, loc, new.domain())
        fresh = {operation.id: operation for _, new in self.operations for operation in single(new.domain())}
        promoted, without = (
            {id for _, id in _operations(self.document, name)} for name in ("promoted", "without_police")
        )
        for loc, pin in self.changes["pinned"]:
            operation = self.scenario.operations.get(pin.operation) or fresh.get(pin.operation)
            if operation is not None and pin.any_of is not None:
                judge_choice(self.document, (*loc, "any_of"), operation, pin.any_of)
            if pin.police is not None and pin.operation in promoted & without:
                text = Message("The operation goes without police: leave the unit out.")
                self.document.add("bad-value", (*loc, "police"), text)

    def _all(self) -> Iterator[tuple[Loc, Any]]:
        for items in (*self.events.values(), *self.changes.values()):
            yield from items

    def _judge_own_keys(self) -> None:
        for loc, entry in self._all():
            for name, about in type(entry).model_fields.items():
                if FromReplan in about.metadata and getattr(entry, name) not in (None, [], False):
                    key = about.alias or name
                    text = Message("{key} follows from the replan: remove it.", {"key": key})
                    self.document.add("unknown-key", (*loc, key), text)

    def _judge_dates(self) -> None:
        year = self.scenario.span
        for loc, withdrawal in self.events["withdrawals"]:
            _judge_dates(self.document, (*loc, "from"), withdrawal.first, withdrawal.last or date.max, year)
        for loc, loss in self.changes["agencies"]:
            _judge_dates(self.document, (*loc, "from"), loss.first, loss.last, year)
        for loc, pin in self.changes["pinned"]:
            _judge_dates(self.document, (*loc, "date"), pin.day, pin.day, year)

    def _judge_withdrawals(self, reports: Mapping[str, bool], seen: _Seen) -> None:
        named = [(name, *event) for name in ("withdrawals", "given_back") for event in self.events[name]]
        named += [("agencies", *change) for change in self.changes["agencies"]]
        for name, loc, entry in named:
            if entry.id and (name, entry.id) in seen.reports:
                text = Message("The id {given} is taken: choose another.", {"given": quoted(entry.id)})
                self.document.add("bad-id", (*loc, "id"), text)
            seen.reports.add((name, entry.id))
        for loc, still in self.events["still"]:
            if not reports.get(still.withdrawal, True):
                values = {"id": still.withdrawal}
                text = Message("{id} has an end: report it again under its id, with a new end.", values)
                self.document.add("bad-value", (*loc, "withdrawal"), text)

    def entries(self) -> Entries:
        nominated = (part for _, operation in self.operations for part in single(operation.domain()))
        new = tuple(Nominated(replace(operation, repeat=None)) for operation in nominated)
        changes = (change.domain() for items in self.changes.values() for _, change in items)
        return Entries.of(
            **{name: tuple(one.domain() for _, one in items) for name, items in self.events.items()},
            changes=(*new, *changes),
        )


def _judge_dates(document: Document, loc: Loc, first: date, last: date, year: Span) -> None:
    if last < year.first or first > year.last:
        document.add("outside-plan", loc, outside(year))


def _judge_ids(
    unfolded: Unfolded, scenario: Scenario, reports: Mapping[str, object], proposed: Mapping[str, Operation]
) -> None:
    """Notes names that do not exist. `proposed` are further operations of a proposal."""
    known: Mapping[str, Mapping[str, object]] = {
        "shifts": {shift.id: shift for shift in scenario.shifts},
        "police": scenario.police,
        "agencies": scenario.agencies,
        "parties": scenario.parties,
        "areas": scenario.areas,
        "operations": {**scenario.operations, **proposed, **ids(unfolded.document, "operations")},
        "withdrawals": reports,
    }
    named = {
        "shifts": {shift.name.casefold(): shift.id for shift in scenario.shifts},
        "police": {unit.name.casefold(): unit.id for unit in scenario.police.values()},
        "agencies": {agency.name.casefold(): agency.id for agency in scenario.agencies.values()},
        "operations": {operation.title.casefold(): operation.id for operation in scenario.operations.values()},
        "withdrawals": {},
        "areas": {area.name.casefold(): area.id for area in scenario.areas.values()},
    }
    named["parties"] = {**named["agencies"], **named["police"]}
    for pattern, section in _REFERENCES:
        judge_references_at(unfolded.written, pattern, known[section], section, named[section])


def _judge_once(document: Document, seen: _Seen) -> None:
    for name in (*ONCE, "not_on"):
        before = seen.operations.setdefault(name, set())
        for loc, id in _operations(document, name):
            if id in before and name in ONCE:
                document.add("bad-value", loc, Message("{given} stands twice: keep one.", {"given": quoted(id)}))
            before.add(id)
    for name, other, text in _NOT_BOTH:
        # A reserve is promoted, pinned to its place, and goes there without police.
        both = seen.operations["promoted"] if name == "without_police" and other == "pinned" else set()
        for loc, id in _operations(document, name):
            if id in seen.operations[other] - both:
                document.add("bad-value", loc, text)
        if name != other:
            here = {id for _, id in _operations(document, name)} | both
            for loc, id in _operations(document, other):
                if id in seen.operations[name] - here:  # in an earlier file
                    document.add(
                        "bad-value", loc, Message("The operation is also in {other}: keep one.", {"other": name})
                    )


def _operations(document: Document, name: str) -> list[tuple[Loc, str]]:
    return [*ids_at(document.tree, f"{name}[]"), *ids_at(document.tree, f"{name}[].operation")]


def _judge_new_operations(unfolded: Unfolded, scenario: Scenario) -> None:
    """Judges the new operations among the old ones, as if all had been written together."""
    document = unfolded.written
    everything = Unfolded.of(Document(nodes(scenario_mapping(scenario)))).document.tree
    old, new = everything.parts["operations"], unfolded.document.tree.parts["operations"]
    n_old = len(old.parts)
    together = Node([*_items(old), *_items(new)])
    together.parts = {**old.parts, **{n_old + n: node for n, node in new.parts.items() if isinstance(n, int)}}
    everything.parts["operations"] = together
    judged = Document(everything, document.file)
    judge_references(judged)
    judge_ties(judged)
    judge_uids(judged)
    for finding in judged.findings:
        position = finding.loc[1]
        if isinstance(position, int) and position >= n_old:
            loc = unfolded.place(("operations", position - n_old, *finding.loc[2:]))
            document.better(finding.kind, finding.kind, loc, finding.text)
        else:  # an old operation, which a new one is too close to
            line = document.tree.line_of(("operations",))
            document.elsewhere.append(Problem(finding.kind, finding.text, document.file, line, "operations"))


def _items(node: Node) -> list[object]:
    return node.value if isinstance(node.value, list) else []
