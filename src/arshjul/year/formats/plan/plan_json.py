"""plan.json: a plan as a mapping (docs/formats.md#plan-folder), and back.

Nothing in it depends on the clock or the machine: the same plan gives the same bytes. Moments are local times without
an offset; in the hour that occurs twice they mean the first. Entries have the same models as in files, each change with
its `kind`. A plan is sound if it names only what its scenario has: nothing can be computed or shown of another.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from arshjul.errors import InputError, Message, Problem
from arshjul.year.domain.entries.amendment import Amendment
from arshjul.year.domain.entries.entries import Choice, Entries
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import UNKNOWN_END_DAYS
from arshjul.year.domain.visit_object import Bindings, Filling
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.scenario.consistency import outside
from arshjul.year.formats.scenario.references import ids_at, judge_references_at
from arshjul.year.formats.scenario.scenario_json import Json
from arshjul.year.formats.scenario.sections import MOST_ITEMS, Sections
from arshjul.year.formats.schema.custom_shapes import WrittenPlacement
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.formats.schema.fields import lists, references
from arshjul.year.formats.schema.plan import EVENTS, KINDS, LOGGED, PlannedBase, PlannedPlan
from arshjul.year.formats.shape import Mapped, Shape
from arshjul.year.formats.tree import Document, Loc, nodes
from arshjul.year.formats.validation import validated
from arshjul.year.formats.words import Written, choice, quoted
from arshjul.year.texts import Words

KEPT: Mapping[str, type[Shape[Any]]] = {**EVENTS, "choices": shape(Choice), "fillings": shape(Filling)}
"""The lists of events in plan.json: those of files, choices, and fillings."""


class _Kind(Written):
    kind: Annotated[str, choice(*LOGGED)]


def log_mapping(entries: Entries) -> dict[str, list[Mapped]]:
    """All entries, each list in its order; of what is learnt, lists that are not empty."""
    events = {name: [model.of(entry).mapping() for entry in getattr(entries, name)] for name, model in KEPT.items()}
    in_force = {(withdrawal.id, withdrawal.revision): withdrawal.until for withdrawal in entries.in_force()}
    for report, written in zip(entries.withdrawals, events["withdrawals"], strict=True):
        end = in_force.get((report.id, report.revision), report.until)
        if end != report.until:
            written |= {"until": str(end), "assumed": written["until"]}
    events = {name: written for name, written in events.items() if written or name not in LEARNT}
    return {**events, "changes": [change_mapping(change) for change in entries.changes]}


def withdrawal_mapping(withdrawal: object) -> Mapped:
    return mapping(withdrawal)


def change_mapping(change: Amendment) -> Mapped:
    kind = KINDS[type(change)]
    return {"kind": kind, **LOGGED[kind].of(change).mapping()}


def read_log(document: Document, scenario: Scenario) -> Entries:
    """Problems are noted in the document."""
    sections = Sections(document, is_json=True, zone=scenario.zone, more=True)
    events = {name: tuple(entry.domain() for entry in sections.many(name, model)) for name, model in KEPT.items()}
    kinds = sections.items("changes", _Kind)
    changes = (sections.at(loc, LOGGED[one.kind]) for loc, one in kinds)
    return Entries.of(**events, changes=tuple(change.domain() for change in changes if change is not None))


_NAMED = tuple(
    reference for reference in references(PlannedPlan) if not reference[0].startswith("given.")
)  # which is of the past
_ONCE = (
    "placements[].operation",
    "placements[].optional_agencies[]",
    "unplaced[].operation",
    "base.placements[].operation",
    "base.placements[].optional_agencies[]",
    "base.hit[]",
    "base.yielded[]",
    "bindings[].operation",
    "causes[].operation",
)
_LONG = (*KEPT, "changes", *lists(PlannedPlan))
_LONG_IN_BASE = tuple(lists(PlannedBase))
_WITHDRAWALS = tuple(references(list[shape(Withdrawal)], "withdrawals"))  # type: ignore[misc]  # known when it runs


class UnsoundPlan(InputError):
    """A plan in the right format that names things its scenario does not have, or one thing twice."""

    def breaches(self) -> list[tuple[str, Problem]]:
        return [("window" if problem.kind == "outside-plan" else "placement", problem) for problem in self.problems]


def judge_lengths(document: Document) -> None:
    """Notes lists longer than a scenario can have operations, before anything is made of them."""
    for loc in (*((name,) for name in _LONG), *(("base", name) for name in _LONG_IN_BASE)):
        node = document.tree.at(loc)
        if node is not None and isinstance(node.value, list) and len(node.value) > MOST_ITEMS:
            values = {"n": len(node.value), "most": MOST_ITEMS}
            text = Message("The list has {n} parts, more than {most}: plan again.", values)
            document.add("too-large", loc, text)


def judge_plan(document: Document, plan: PlannedPlan, scenario: Scenario) -> None:
    """Notes all other names in the plan that the scenario does not have.

    A replan's base may hold operations that were cancelled since, and dates of a year that was longer then.
    """
    _judge(document, scenario, _NAMED)
    for pattern in _ONCE:
        _judge_once(document, pattern)
    _judge_bound_once(document)
    base = plan.base.placements if plan.base is not None else []
    judge_references_at(
        document,
        "base.hit[]",
        {**scenario.operations, **{placement.operation: placement for placement in base}},
        "operations",
        {},
    )
    for number, placement in enumerate(plan.placements):
        if placement.day not in scenario.span:
            document.add("outside-plan", ("placements", number, "date"), outside(scenario.span))
    for number, placement in enumerate(base):
        if placement.day < scenario.span.first:
            document.add("outside-plan", ("base", "placements", number, "date"), outside(scenario.span))


def unsound(document: Document, file: str) -> None:
    try:
        document.refuse(Message("{file} contradicts its scenario: see `arshjul verify`.", {"file": file}))
    except InputError as error:
        raise UnsoundPlan(error.message, error.problems) from None


def _judge_once(document: Document, pattern: str) -> None:
    """Notes duplicates in a list, which would be read as one."""
    seen: set[tuple[Loc, str]] = set()
    for loc, id in ids_at(document.tree, pattern):
        last = max(number for number, key in enumerate(loc) if isinstance(key, int))
        if (loc[:last], id) in seen:
            document.add("bad-value", loc, Message("{given} stands twice: keep one.", {"given": quoted(id)}))
        seen.add((loc[:last], id))


def _judge_bound_once(document: Document) -> None:
    seen: set[str] = set()
    for loc, id in ids_at(document.tree, "bindings[].objects[]"):
        if id in seen:
            document.add("bad-value", loc, Message("{given} stands twice: keep one.", {"given": quoted(id)}))
        seen.add(id)


def _judge(document: Document, scenario: Scenario, references: tuple[tuple[str, str], ...]) -> None:
    known: Mapping[str, Mapping[str, object]] = {
        "shifts": {shift.id: shift for shift in scenario.shifts},
        "police": scenario.police,
        "agencies": scenario.agencies,
        "operations": scenario.operations,
        "objects": scenario.objects,
    }
    for pattern, section in references:
        judge_references_at(document, pattern, known[section], section, {})


FORMAT = "arshjul-plan/1"
_AFTER_ENTRIES = ("given", "causes", "revisions", "base")


def plan_mapping(plan: Plan, scenario: Scenario, scenario_hash: str, words: Words) -> Json:
    """Reasons and prices are in those words."""
    reserve = [id for id, operation in scenario.operations.items() if operation.reserve and id not in plan.placed]
    shape = PlannedPlan.of(plan).model_copy(update={"scenario": scenario_hash, "reserve": reserve})
    written = shape.model_dump(by_alias=True, context={"words": words})
    last = {key: written.pop(key) for key in _AFTER_ENTRIES if key in written}
    loose = [id for id in sorted(plan.unpinned) if id in scenario.operations and scenario.operations[id].fixed]
    return {"format": FORMAT, **written, **log_mapping(plan.entries), "unpinned": loose, **last}


def plan_of(data: object, scenario: Scenario, file: str = "plan.json") -> Plan:
    """The plan in JSON data. InputError if it is none.

    Whether it keeps the rules, or its claims are true, is for `verify`; UnsoundPlan if it names things that the
    scenario does not have, since nothing can be computed with those.
    """
    return written_plan(data, scenario, file)[1]


def written_plan(data: object, scenario: Scenario, file: str = "plan.json") -> tuple[PlannedPlan, Plan]:
    """The plan as written, with its claimed status and the scenario's hash; and the plan."""
    refuse_format(data, FORMAT, file)
    document = Document(nodes(data), file)
    judge_lengths(document)
    document.refuse(Message("{file} cannot be used.", {"file": file}))
    plan = validated(PlannedPlan, document, (), is_json=True, zone=scenario.zone, more=True)
    entries = read_log(document, scenario)
    _judge(document, scenario, _WITHDRAWALS)
    document.refuse(Message("{file} cannot be used.", {"file": file}))
    if plan is None:
        raise TypeError("a plan that is none was not refused")
    judge_plan(document, plan, scenario)
    unsound(document, file)
    known = replace(plan.domain(), entries=entries)
    return plan, replace(known, entries=entries.with_ends(known.as_of.date(), scenario.settings[UNKNOWN_END_DAYS]))


def refuse_format(data: object, wanted: str, file: str) -> None:
    found = data.get("format") if isinstance(data, dict) else None
    if found == wanted:
        return
    name, _, _ = wanted.rpartition("/")
    values = {"file": file, "wanted": wanted, "found": quoted(str(found))}
    if isinstance(found, str) and found.startswith(f"{name}/"):
        text = Message("{file} is from another version ({found}, not {wanted}): plan again.", values)
    else:
        text = Message("{file} is not of the format {wanted}.", values)
    raise InputError(text)


def placement_mapping(placement: Placement) -> Json:
    return WrittenPlacement.of(placement).model_dump(by_alias=True)


def bindings_mapping(bindings: Bindings) -> list[Json]:
    return [{"operation": frame, "objects": list(objects)} for frame, objects in bindings.items()]
