"""The soundness of a plan: it names only operations, shifts, units, agencies and dates of its scenario.

Nothing can be computed or shown of a plan that does not.
"""

from collections.abc import Mapping

from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import InputError, Message, Problem
from arshjul.formats.plan.log_json import KEPT
from arshjul.formats.scenario.consistency import outside
from arshjul.formats.scenario.references import ids_at, judge_references_at
from arshjul.formats.scenario.sections import MOST_ITEMS
from arshjul.formats.schema.declared import shape
from arshjul.formats.schema.fields import lists, references
from arshjul.formats.schema.plan import PlannedBase, PlannedPlan
from arshjul.formats.tree import Document, Loc
from arshjul.formats.words import quoted

_NAMED = tuple(one for one in references(PlannedPlan) if not one[0].startswith("given."))  # which is of the past
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
        """Each of its problems with the rule that it breaks."""
        return [("window" if problem.kind == "outside-plan" else "placement", problem) for problem in self.problems]


def judge_lengths(document: Document) -> None:
    """Notes lists longer than a scenario can have operations, before anything is made of them."""
    for loc in (*((name,) for name in _LONG), *(("base", name) for name in _LONG_IN_BASE)):
        node = document.tree.at(loc)
        if node is not None and isinstance(node.value, list) and len(node.value) > MOST_ITEMS:
            values = {"n": len(node.value), "most": MOST_ITEMS}
            text = Message("The list has {n} parts, more than {most}: plan again.", values)
            document.add("too-large", loc, text)


def judge_withdrawals(document: Document, scenario: Scenario) -> None:
    """Notes names in a plan's withdrawals that the scenario does not have."""
    _judge(document, scenario, _WITHDRAWALS)


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
    """Raises UnsoundPlan with all noted problems, if there are any."""
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
    """Notes objects that are bound twice, to one frame or to two."""
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
