"""plan.json: a plan as a mapping (docs/formats.md#plan-folder), and back.

Nothing in it tells the clock or the machine: the same plan gives the same bytes. Moments are local
times without an offset; the hour that comes twice is read as its first.
"""

from dataclasses import asdict

from arshjul.domain.cause import Causes, ChangeCause
from arshjul.domain.level import Level
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Base, Placing, Plan
from arshjul.domain.revision import ReplanRecord
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import Bindings
from arshjul.errors import InputError, Message
from arshjul.formats.plan.log_json import log_mapping, read_log
from arshjul.formats.plan.soundness import judge_lengths, judge_plan, judge_withdrawals, unsound
from arshjul.formats.scenario.scenario_json import Json
from arshjul.formats.schema.plan import PlannedPlan
from arshjul.formats.tree import Document, nodes
from arshjul.formats.validation import validated
from arshjul.formats.words import local_time, quoted
from arshjul.texts import Words

FORMAT = "arshjul-plan/1"


def plan_mapping(plan: Plan, scenario: Scenario, scenario_hash: str, words: Words) -> Json:
    """The plan as plan.json has it; reasons and prices are told in those words."""
    reserve = [id for id, operation in scenario.operations.items() if operation.reserve and id not in plan.placed]
    return {
        "format": FORMAT,
        "revision": plan.revision,
        "as_of": local_time(plan.as_of),
        "scenario": scenario_hash,
        "status": plan.status,
        **({} if plan.option is None else {"option": plan.option}),
        "levels": [_level(level) for level in plan.levels],
        "placements": [placement_mapping(placement) for placement in plan.placements],
        "unplaced": [
            {
                "operation": unplaced.operation,
                "reasons": [
                    {"rule": reason.rule, "slots": reason.slots, "text": words.say(reason.text)}
                    for reason in unplaced.reasons
                ],
            }
            for unplaced in plan.unplaced
        ],
        "prices": [
            {"rule": price.rule, "about": price.about, "points": price.points, "text": words.say(price.text)}
            for price in plan.prices
        ],
        "reserve": reserve,
        **({"bindings": bindings_mapping(plan.bindings)} if plan.bindings else {}),
        **({} if plan.placed_by is None else {"placed_by": _placing(plan.placed_by)}),
        **log_mapping(plan.entries),
        "unpinned": sorted(plan.unpinned),
        **_told(plan.causes),
        "revisions": [_revision(revision) for revision in plan.earlier],
        "base": None if plan.base is None else _base(plan.base),
    }


def plan_of(data: object, scenario: Scenario, file: str = "plan.json") -> Plan:
    """The plan that was read from JSON. InputError where it is none.

    Whether it keeps the rules, or stands up to what it claims, is verify's to say; UnsoundPlan where
    it names what the scenario has not, since nothing can be reckoned with that.
    """
    return written_plan(data, scenario, file)[1]


def written_plan(data: object, scenario: Scenario, file: str = "plan.json") -> tuple[PlannedPlan, Plan]:
    """The plan as written, with what it claims of itself: its status, and the scenario's hash; and the plan."""
    refuse_format(data, FORMAT, file)
    document = Document(nodes(data), file)
    judge_lengths(document)
    document.refuse(Message("{file} cannot be used.", {"file": file}))
    plan = validated(PlannedPlan, document, (), is_json=True)
    entries = read_log(document, scenario)
    judge_withdrawals(document, scenario)
    document.refuse(Message("{file} cannot be used.", {"file": file}))
    if plan is None:
        raise TypeError("a plan that is none was not refused")
    judge_plan(document, plan, scenario)
    unsound(document, file)
    return plan, plan.domain(scenario.zone, entries)


def _revision(revision: ReplanRecord) -> Json:
    return {
        "revision": revision.number,
        "as_of": local_time(revision.as_of),
        "hit": sorted(revision.hit),
        "changed": [
            {"operation": move.operation, "old": _place(move.old), "new": _place(move.new)} for move in revision.changed
        ],
        **_told(revision.causes),
    }


def _told(causes: Causes | None) -> Json:
    """The causes of a revision's changes, in each operation's order; nothing where they were not kept."""
    if causes is None:
        return {}
    return {"causes": [{"operation": id, "causes": [_cause(one) for one in causes[id]]} for id in sorted(causes)]}


def _cause(cause: ChangeCause) -> Json:
    return {key: value for key, value in asdict(cause).items() if value}


def _place(placement: Placement | None) -> Json | None:
    if placement is None:
        return None
    return {key: value for key, value in placement_mapping(placement).items() if key != "operation"}


def refuse_format(data: object, wanted: str, file: str) -> None:
    """Raises InputError where the data is not of that format and version."""
    found = data.get("format") if isinstance(data, dict) else None
    if found == wanted:
        return
    name, _, _ = wanted.rpartition("/")
    values = {"file": file, "wanted": wanted, "found": quoted(str(found))}
    if isinstance(found, str) and found.startswith(f"{name}/"):
        text = Message("{file} was made by another version: it is {found}, this one reads {wanted}. Plan anew.", values)
    else:
        text = Message("{file} is not of the format {wanted}.", values)
    raise InputError(text)


def _level(level: Level) -> Json:
    proved = {"proved_by": list(level.proved_by)} if level.proved_by else {}
    return {"id": level.id, "value": level.value, "bound": level.bound, **proved}


def placement_mapping(placement: Placement) -> Json:
    """A placement as plan.json has it."""
    return {
        "operation": placement.operation,
        "date": str(placement.slot.day),
        "shift": placement.slot.shift,
        "police": placement.police,
        "optional_agencies": list(placement.optional_agencies),
        **({"any_of": list(placement.any_of)} if placement.any_of else {}),
    }


def bindings_mapping(bindings: Bindings) -> list[Json]:
    """Bindings as plan.json has them."""
    return [{"operation": frame, "objects": list(objects)} for frame, objects in bindings.items()]


def _placing(placing: Placing) -> Json:
    return {"revision": placing.revision, "as_of": local_time(placing.as_of)}


def _base(base: Base) -> Json:
    return {
        "revision": base.revision,
        "as_of": local_time(base.as_of),
        "hit": sorted(base.hit),
        "placements": [placement_mapping(placement) for _, placement in sorted(base.placements.items())],
        **({"yielded": sorted(base.yielded)} if base.yielded else {}),
    }
