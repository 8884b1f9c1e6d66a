"""A plan as the files of its folder: everything that parties may see comes from the agenda."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from arshjul.errors import InputError, Message, Refused
from arshjul.year.agenda.channel import files as channels_in_files
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.milestone_times import is_confirmed
from arshjul.year.agenda.overview import overview
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.party_view import with_told_cards
from arshjul.year.agenda.view import remembered, views
from arshjul.year.agenda.year import public_year, year
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.change import Changes
from arshjul.year.domain.history.stress_figures import StressFigures
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.feeds import feeds_json
from arshjul.year.formats.json_guard import json_bytes
from arshjul.year.formats.plan.changes_json import changes_mapping
from arshjul.year.formats.plan.plan_folder import (
    CHANGES,
    FEEDS,
    OWN_NAMES,
    PlanFolder,
    plan_bytes,
    read_plan_folder,
    scenario_bytes,
    scenario_digest,
    write_plan_folder,
)
from arshjul.year.planning.check.secret_places import secret_check
from arshjul.year.planning.letters.notices import Notices, notices
from arshjul.year.planning.places.finder import FallBacks, StandingPlan, fall_backs
from arshjul.year.render.ics import feed
from arshjul.year.render.page.page import page
from arshjul.year.render.wheel.drawing import wheel
from arshjul.year.render.wheel.public import public_wheel
from arshjul.year.render.workbook import plan_workbook
from arshjul.year.rules.told_causes import absences_told, causes_told

NOTHING = Notices(Changes(), {}, (), ())


@dataclass(frozen=True, slots=True)
class FormerFolder:
    """A plan of the same year, if any; its `scenario` has names for what the new one no longer has."""

    plan: Plan | None = None
    history: FeedHistory = field(default_factory=FeedHistory)
    scenario: Scenario | None = None

    def next(self, made: Plan) -> tuple[Plan, "FormerFolder"]:
        """The new plan as the next revision; an equal one is none. Refused if seen from before: stamps only grow."""
        old = self.plan
        if old is None:
            return made, self
        if made.as_of < old.as_of:
            raise Refused(
                Message(
                    "The folder's plan is of {old}, later than {new}: choose another folder, or a later moment.",
                    {"old": old.as_of, "new": made.as_of},
                )
            )
        if (made.as_of, made.placements, old.base) == (old.as_of, old.placements, None):
            return replace(made, revision=old.revision), replace(self, plan=None)
        return replace(made, revision=old.revision + 1), self


def earlier(folder: Path, scenario: Scenario, as_of: datetime) -> FormerFolder:
    """Empty if no plan of that name can be read. Refused if it has begun, is a replan, or has objects bound."""
    _refuse_begun(folder, as_of)
    try:
        read = read_plan_folder(folder)
    except (InputError, Refused):
        return FormerFolder()
    if read.scenario.name != scenario.name:
        return FormerFolder()
    return lying_in(read)


def refuse_unknown_work(folder: Path, scenario: Scenario, plan: Plan) -> None:
    """Refused if the folder holds a plan of the same year from which the one to be written does not follow."""
    try:
        there = read_plan_folder(folder, edited=True)
    except InputError:
        return
    if there.scenario.name == scenario.name and plan.last_shared(there.plan) < there.plan.revision:
        raise Refused(
            Message(
                "{folder} has version {n} of the plan, which is not in the database: publish it "
                "first, or name another folder.",
                {"folder": str(folder), "n": there.plan.revision},
            )
        )


def lying_in(read: PlanFolder) -> FormerFolder:
    return FormerFolder(read.plan, history_of(read), read.scenario)


def _refuse_begun(folder: Path, as_of: datetime) -> None:
    """Refuses to plan a year again that has begun, since its past and its replans' messages would be lost."""
    try:
        read = read_plan_folder(folder, edited=True)
    except InputError:
        return
    plan, zone = read.plan, read.scenario.zone
    starts = {placement.operation: read.scenario.moments(placement.slot)[0] for placement in plan.placements}
    first = min(starts, key=lambda operation: (starts[operation], operation), default=None)
    if plan.base is not None:
        why = Message("The folder has a replan, seen from {as_of}.", {"as_of": plan.as_of})
    elif first is not None and starts[first] < as_of:
        values = {"operation": first, "starts": starts[first].astimezone(zone)}
        why = Message("The folder's plan has begun: {operation} started {starts}.", values)
    elif plan.bindings:
        why = Message("The folder's plan has objects in its frames.")
    else:
        return
    remedy = Message("Go on with `arshjul replan`, or choose another folder.")
    raise Refused(Message("{why} {remedy}", {"why": why, "remedy": remedy}))


def history_of(read: PlanFolder) -> FeedHistory:
    """The history in a plan folder's feeds.json, which shows the plan there; empty if there is none."""
    data = read.bytes(FEEDS)
    history = FeedHistory() if data is None else feeds_json.from_json(data.decode("utf-8", "replace"))
    return replace(history, plan=FormerPlan(read.scenario, read.plan.placed))


def plan_files(
    scenario: Scenario, plan: Plan, before: FormerFolder, news: Notices | None = None, slots: FallBacks | None = None
) -> dict[str, bytes]:
    """`before`: the former plan, with its feeds' history. `news` and `slots` are computed unless given."""
    whole = scenario_bytes(scenario)
    old = before.plan
    if news is None:
        news = NOTHING if old is None else notices(scenario, before.scenario or scenario, old.placed, plan)
    hit = () if plan.replanned_from is None else plan.replanned_from.hit
    confirmed = () if old is None else _confirmed(scenario, old, plan)
    why, absences = causes_told(scenario, plan, news.changes), absences_told(scenario, plan, news.lost)
    written = changes_mapping(news.changes, news.tell, hit, confirmed, why, news.lost, absences)
    if old is not None:
        written = {**written, "from_scenario": scenario_digest(before.scenario or scenario)}
    return {
        "scenario.json": whole,
        "plan.json": plan_bytes(plan, scenario, whole, words(scenario.language)),
        "changes.json": json_bytes(written),
        **pictures(scenario, plan, slots, told=news.tell),
        **feed_files(scenario, plan, before.history),
    }


def write_next(output: Path, read: PlanFolder, scenario: Scenario, plan: Plan, news: Notices | None = None) -> None:
    """Writes the folder of a plan that replaces the one that was read."""
    write_plan_folder(output, plan_files(scenario, plan, lying_in(read), news))


def rewrite(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Rewrites some files of a plan folder, and leaves the others; returns their names."""
    write_plan_folder(folder, files, OWN_NAMES - {name.partition("/")[0] for name in files})
    return sorted(files)


def pictures(
    scenario: Scenario,
    plan: Plan,
    slots: FallBacks | None = None,
    stressed: StressFigures | None = None,
    told: Mapping[str, tuple[str, ...]] | None = None,
    shown: Span | None = None,
) -> dict[str, bytes]:
    """Of one year, and the workbook of all. `told`: the parties to tell, of what; `shown` None: the plan's moment's."""
    counted = fall_backs(StandingPlan.of(scenario, plan)) if slots is None else slots
    of = partial(overview, scenario, plan, counted.slots, counted.n_uncounted, stressed, told)
    whole, say = of(scenario.span), words(scenario.language)
    return {
        "wheel.svg": wheel(year(scenario, plan, shown), say),
        "wheel-public.svg": public_wheel(public_year(scenario, plan, shown), say),
        "plan.html": page(whole if len(scenario.years) == 1 else of(shown), say),
        "plan.xlsx": plan_workbook(whole, say),
    }


def told_in(read: PlanFolder) -> Mapping[str, tuple[str, ...]] | None:
    """The parties to tell, and of which operations, by the folder's changes.json; None if it does not say."""
    try:
        return {row["party"]: tuple(row["operations"]) for row in read.data(CHANGES)["tell"]}  # type: ignore[index]
    except (KeyError, TypeError):
        return None


def feed_files(scenario: Scenario, plan: Plan, before: FeedHistory) -> dict[str, bytes]:
    told = with_told_cards(plan, secret_check(scenario)) if plan.entries.cards else plan
    seen = list(views(told, scenario, channels_in_files(scenario), before, words(scenario.language)))
    files = {f"feeds/{view.feed}.ics": feed(view) for view in seen}
    return {"feeds.json": feeds_json.to_json(remembered(before, seen)).encode(), **files}


def _confirmed(scenario: Scenario, old: Plan, plan: Plan) -> list[str]:
    """The operations that stayed in place and became certain since they are near."""

    def certain(seen: Plan, id: str) -> bool:
        slot = plan.placed[id].slot
        return is_confirmed(scenario, seen, slot.day, scenario.moments(slot)[0])

    still = [id for id, placement in plan.placed.items() if placement.same_place(old.placed.get(id))]
    return [id for id in still if certain(plan, id) and not certain(old, id)]
