"""plan.json: a plan as a mapping (docs/formats.md#plan-folder), and back.

Nothing in it depends on the clock or the machine: the same plan gives the same bytes. Moments are local times without
an offset; in the hour that occurs twice they mean the first.
"""

from dataclasses import replace

from arshjul.domain.operation import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import UNKNOWN_END_DAYS
from arshjul.domain.visit_object import Bindings
from arshjul.errors import InputError, Message
from arshjul.formats.plan.log_json import log_mapping, read_log
from arshjul.formats.plan.soundness import judge_lengths, judge_plan, judge_withdrawals, unsound
from arshjul.formats.scenario.scenario_json import Json
from arshjul.formats.schema.by_hand import WrittenPlacement
from arshjul.formats.schema.plan import PlannedPlan
from arshjul.formats.tree import Document, nodes
from arshjul.formats.validation import validated
from arshjul.formats.words import quoted
from arshjul.texts import Words

FORMAT = "arshjul-plan/1"
_AFTER_ENTRIES = ("given", "causes", "revisions", "base")


def plan_mapping(plan: Plan, scenario: Scenario, scenario_hash: str, words: Words) -> Json:
    """The plan as in plan.json; reasons and prices are in those words."""
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
    judge_withdrawals(document, scenario)
    document.refuse(Message("{file} cannot be used.", {"file": file}))
    if plan is None:
        raise TypeError("a plan that is none was not refused")
    judge_plan(document, plan, scenario)
    unsound(document, file)
    known = replace(plan.domain(), entries=entries)
    return plan, replace(known, entries=entries.with_ends(known.as_of.date(), scenario.settings[UNKNOWN_END_DAYS]))


def refuse_format(data: object, wanted: str, file: str) -> None:
    """Raises InputError if the data is not of that format and version."""
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
    """A placement as in plan.json."""
    return WrittenPlacement.of(placement).model_dump(by_alias=True)


def bindings_mapping(bindings: Bindings) -> list[Json]:
    """Bindings as in plan.json."""
    return [{"operation": frame, "objects": list(objects)} for frame, objects in bindings.items()]
