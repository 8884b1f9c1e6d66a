"""Withdrawals of police, and the other changes of a year under way, from a YAML file.

A file of withdrawals is contract 3's; a file of changes may hold that list and others beside it.
Both are judged against the scenario: what they name must be there, and within its year.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from arshjul.domain.amendment import Amendments
from arshjul.domain.calendar import Span
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message, Problem
from arshjul.files.folder import read_file, shown
from arshjul.files.references import ids, ids_at, judge_references, judge_references_at, note_twice
from arshjul.files.scenario_json import scenario_mapping
from arshjul.files.schema.amendment import WrittenId, WrittenOtherDates, WrittenPin, WrittenTeamsLost
from arshjul.files.schema.operation import WrittenOperation
from arshjul.files.schema.withdrawal import WrittenWithdrawal
from arshjul.files.sections import Sections
from arshjul.files.sense import judge_operation, judge_ties, outside
from arshjul.files.tree import Document, Loc, Node, nodes
from arshjul.files.uids import judge_uids

LISTS = ("withdrawals", "agencies", "operations", "cancelled", "pinned", "unpinned", "not_on")
_REFERENCES = (
    ("withdrawals[].police[]", "police"),
    ("withdrawals[].shifts[]", "shifts"),
    ("agencies[].agency", "agencies"),
    ("agencies[].shifts[]", "shifts"),
    ("cancelled[]", "operations"),
    ("pinned[].operation", "operations"),
    ("pinned[].shift", "shifts"),
    ("unpinned[]", "operations"),
    ("not_on[].operation", "operations"),
    ("not_on[].agency", "agencies"),
)
_ONCE = ("cancelled[]", "pinned[].operation", "unpinned[]")


def read_withdrawals(path: Path, scenario: Scenario) -> tuple[Withdrawal, ...]:
    """The withdrawals in a file, which holds nothing else. InputError with all problems."""
    return _read(path, scenario, ("withdrawals",)).withdrawals


def read_amendments(path: Path, scenario: Scenario) -> Amendments:
    """All changes in a file. InputError with all problems."""
    return _read(path, scenario, LISTS)


def _read(path: Path, scenario: Scenario, lists: tuple[str, ...]) -> Amendments:
    document = read_file(path, shown(path))
    if document.whole and not isinstance(document.tree.value, dict):
        names = " ".join(f"{name}:" for name in lists)
        document.stop("wrong-type", Message("A mapping belongs here, with {names}", {"names": names}))
    document.refuse(Message("{file} cannot be used", {"file": document.file}))
    sections = Sections(document)
    sections.only(lists)
    withdrawals = sections.items("withdrawals", WrittenWithdrawal)
    lost = sections.items("agencies", WrittenTeamsLost)
    operations = sections.items("operations", WrittenOperation)
    pinned = sections.items("pinned", WrittenPin)
    cancelled, unpinned = sections.many("cancelled", WrittenId), sections.many("unpinned", WrittenId)
    other_dates = sections.many("not_on", WrittenOtherDates)
    for loc, withdrawal in withdrawals:
        _judge_dates(document, (*loc, "from"), withdrawal.first, withdrawal.last or date.max, scenario.span)
    for loc, loss in lost:
        _judge_dates(document, (*loc, "from"), loss.first, loss.last, scenario.span)
    for loc, pin in pinned:
        _judge_dates(document, (*loc, "date"), pin.date, pin.date, scenario.span)
    for loc, operation in operations:
        judge_operation(document, loc, operation, scenario.span)
    _judge_ids(document, scenario)
    document.refuse(Message("{file} cannot be used", {"file": document.file}))
    return Amendments(
        withdrawals=tuple(withdrawal.domain(scenario.zone) for _, withdrawal in withdrawals),
        teams_lost=tuple(loss.domain() for _, loss in lost),
        operations=tuple(operation.domain() for _, operation in operations),
        cancelled=tuple(id.root for id in cancelled),
        pinned=tuple(pin.domain() for _, pin in pinned),
        unpinned=tuple(id.root for id in unpinned),
        other_dates=tuple(asked.domain() for asked in other_dates),
    )


def _judge_dates(document: Document, loc: Loc, first: date, last: date, year: Span) -> None:
    if last < year.first or first > year.last:
        document.add("outside-plan", loc, outside(year))


def _judge_ids(document: Document, scenario: Scenario) -> None:
    known: Mapping[str, Mapping[str, object]] = {
        "shifts": {shift.id: shift for shift in scenario.shifts},
        "police": scenario.police,
        "agencies": scenario.agencies,
        "operations": {**scenario.operations, **ids(document, "operations")},
    }
    for pattern, section in _REFERENCES:
        judge_references_at(document, pattern, known[section], section)
    note_twice(document, ids_at(document.tree, "withdrawals[].id"))
    for pattern in _ONCE:
        seen: set[str] = set()
        for loc, id in ids_at(document.tree, pattern):
            if id in seen:
                document.add("bad-value", loc, Message("The operation stands here twice: keep one"))
            seen.add(id)
    pinned = {id for _, id in ids_at(document.tree, "pinned[].operation")}
    cancelled = {id for _, id in ids_at(document.tree, "cancelled[]")}
    for loc, id in [*ids_at(document.tree, "unpinned[]"), *ids_at(document.tree, "cancelled[]")]:
        if id in pinned:
            document.add("bad-value", loc, Message("The operation is pinned in the same file: keep one of the two"))
    for loc, id in ids_at(document.tree, "not_on[].operation"):
        if id in cancelled:
            document.add("bad-value", loc, Message("The operation is cancelled in the same file: keep one of the two"))
    if "operations" in document.tree.parts:
        _judge_new_operations(document, scenario)


def _judge_new_operations(document: Document, scenario: Scenario) -> None:
    """Judges the new operations among the old ones, as if all had been written together."""
    everything = nodes(scenario_mapping(scenario))
    old, new = everything.parts["operations"], document.tree.parts["operations"]
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
            document.add(finding.kind, ("operations", position - n_old, *finding.loc[2:]), finding.text)
        else:  # an old one, and a new one has come too near it
            line = document.tree.line_of(("operations",))
            document.elsewhere.append(Problem(finding.kind, finding.text, document.file, line, "operations"))


def _items(node: Node) -> list[object]:
    return node.value if isinstance(node.value, list) else []
