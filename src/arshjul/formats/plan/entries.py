"""Withdrawals of police, and the other changes of a year under way, from a YAML file.

Both are told in docs/formats.md#withdrawals-and-changes.
Both are judged against the scenario: what they name must be there, and within its year. A withdrawal
may be reported anew, under its id: the later report takes the place of the earlier one. Where two
withdrawals overlap, the lower ceiling counts.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from arshjul.domain.amendment import Amendments
from arshjul.domain.calendar import Span
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Problem
from arshjul.formats.plan.schema.amendment import WrittenId, WrittenOtherDates, WrittenPin, WrittenTeamsLost
from arshjul.formats.plan.schema.withdrawal import WrittenWithdrawal
from arshjul.formats.scenario.consistency import judge_operation, judge_ties, outside
from arshjul.formats.scenario.folder import read_file, shown
from arshjul.formats.scenario.references import ids, ids_at, judge_references, judge_references_at
from arshjul.formats.scenario.scenario_json import scenario_mapping
from arshjul.formats.scenario.schema.operation import WrittenOperation
from arshjul.formats.scenario.sections import Sections
from arshjul.formats.scenario.uids import judge_uids
from arshjul.formats.tree import Document, Loc, Node, nodes
from arshjul.formats.words import quoted

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


def read_amendments(withdrawals: Path | None, changes: Path | None, scenario: Scenario) -> Amendments:
    """What a file of withdrawals and a file of changes hold together. InputError with all problems of both."""
    written = [
        _Written(read_file(path, shown(path)), lists, scenario)
        for path, lists in ((withdrawals, ("withdrawals",)), (changes, LISTS))
        if path is not None
    ]
    for one in written:
        one.judge()
    problems = [problem for one in written for problem in one.document.problems()]
    if problems:
        names = [one.document.file for one in written if one.document.problems()]
        raise InputError(Message("{files} cannot be used.", {"files": names}), problems)
    read = [one.amendments() for one in written] or [Amendments()]
    both = tuple(withdrawal for one in read for withdrawal in one.withdrawals)
    return replace(read[-1], withdrawals=both)


class _Written:
    """One file and what is read of it, each list as far as it can be."""

    def __init__(self, document: Document, lists: tuple[str, ...], scenario: Scenario) -> None:
        if document.whole and not isinstance(document.tree.value, dict):
            names = " ".join(f"{name}:" for name in lists)
            document.stop("wrong-type", Message("A mapping belongs here, with {names}.", {"names": names}), 1)
        self.document, self.scenario = document, scenario
        # What was read by half is not judged: what is missing in it may stand further down.
        sections = Sections(document if document.whole else Document(Node({})))
        sections.only(lists)
        self.withdrawals = sections.items("withdrawals", WrittenWithdrawal)
        self.lost = sections.items("agencies", WrittenTeamsLost)
        self.operations = sections.items("operations", WrittenOperation)
        self.pinned = sections.items("pinned", WrittenPin)
        self.cancelled = sections.many("cancelled", WrittenId)
        self.unpinned = sections.many("unpinned", WrittenId)
        self.other_dates = sections.many("not_on", WrittenOtherDates)

    def judge(self) -> None:
        """Notes what is wrong between the file and the scenario."""
        if not self.document.whole:
            return
        document, year = self.document, self.scenario.span
        reported: dict[str, datetime] = {}
        for loc, withdrawal in self.withdrawals:
            _judge_dates(document, (*loc, "from"), withdrawal.first, withdrawal.last or date.max, year)
            if withdrawal.reported <= reported.get(withdrawal.id, datetime.min):
                values = {"given": quoted(withdrawal.id)}
                text = Message("{given} stands here twice: choose another id, or a later `reported`.", values)
                document.add("bad-id", (*loc, "id"), text)
            reported[withdrawal.id] = withdrawal.reported
        for loc, loss in self.lost:
            _judge_dates(document, (*loc, "from"), loss.first, loss.last, year)
        for loc, pin in self.pinned:
            _judge_dates(document, (*loc, "date"), pin.date, pin.date, year)
        for loc, operation in self.operations:
            judge_operation(document, loc, operation, year)
        _judge_ids(document, self.scenario)

    def amendments(self) -> Amendments:
        """All of it."""
        return Amendments(
            withdrawals=tuple(withdrawal.domain(self.scenario.zone) for _, withdrawal in self.withdrawals),
            teams_lost=tuple(loss.domain() for _, loss in self.lost),
            operations=tuple(operation.domain() for _, operation in self.operations),
            cancelled=tuple(id.root for id in self.cancelled),
            pinned=tuple(pin.domain() for _, pin in self.pinned),
            unpinned=tuple(id.root for id in self.unpinned),
            other_dates=tuple(asked.domain() for asked in self.other_dates),
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
    named = {
        "shifts": {shift.name.casefold(): shift.id for shift in scenario.shifts},
        "police": {unit.name.casefold(): unit.id for unit in scenario.police.values()},
        "agencies": {agency.name.casefold(): agency.id for agency in scenario.agencies.values()},
        "operations": {operation.title.casefold(): operation.id for operation in scenario.operations.values()},
    }
    for pattern, section in _REFERENCES:
        judge_references_at(document, pattern, known[section], section, named[section])
    for pattern in _ONCE:
        seen: set[str] = set()
        for loc, id in ids_at(document.tree, pattern):
            if id in seen:
                document.add("bad-value", loc, Message("The operation stands here twice: keep one."))
            seen.add(id)
    pinned = {id for _, id in ids_at(document.tree, "pinned[].operation")}
    cancelled = {id for _, id in ids_at(document.tree, "cancelled[]")}
    for loc, id in [*ids_at(document.tree, "unpinned[]"), *ids_at(document.tree, "cancelled[]")]:
        if id in pinned:
            document.add("bad-value", loc, Message("The operation is pinned in the same file: keep one of the two."))
    for loc, id in ids_at(document.tree, "not_on[].operation"):
        if id in cancelled:
            document.add("bad-value", loc, Message("The operation is cancelled in the same file: keep one of the two."))
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
            document.better(
                finding.kind, finding.kind, ("operations", position - n_old, *finding.loc[2:]), finding.text
            )
        else:  # an old one, and a new one has come too near it
            line = document.tree.line_of(("operations",))
            document.elsewhere.append(Problem(finding.kind, finding.text, document.file, line, "operations"))


def _items(node: Node) -> list[object]:
    return node.value if isinstance(node.value, list) else []
