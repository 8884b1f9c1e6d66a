"""Replans: an old plan, a moment in its period, what was taken back since, and how it might be mended."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.entries.answer import Answered, Reply
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Base
from arshjul.year.domain.replan_context import ReplanContext, joined
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import FREEZE_DAYS, Settings
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.rules.causes import hit
from arshjul.year.rules.hard.notice import NOTICE_DAYS
from tests.year.rules.generators import draw_span
from tests.year.rules.keeping import EVERY_RULE, kept, thinned
from tests.year.rules.places import Places, draw_choice, draw_place, within


def draw_replan(rng: Random, scenario: Scenario) -> ReplanContext:
    """A moment in a year that was planned, and what was taken back since.

    What has been may stand against limits of today: history keeps what it used. The rest of the old
    plan kept every rule when it was made.
    """
    first = ReplanContext.of(scenario)
    old = kept(rng, first if rng.random() < 0.5 else ReplanContext.of(_loose(scenario)))
    as_of = draw_moment(rng, scenario, old)
    before = ReplanContext.of(scenario, Base(1, as_of, {}))
    past = frozenset(id for id, place in old.items() if before.started(place))
    old = thinned(rng, first, old, EVERY_RULE, past)
    old = thinned(rng, first, old, ("follow-up", "together"))
    placements = {p.operation: p for p in joined(scenario, old.values())}
    if rng.random() < 0.3:
        scenario = _fewer_teams(rng, scenario)
    left = scenario.after(draw_withdrawals(rng, scenario, placements, as_of), as_of.date())
    base = Base(1, as_of, placements)
    answers = draw_answers(Random(f"{as_of} {sorted(placements)}"), scenario, placements)
    demands = Entries.of(changes=tuple(replace(answer, revision=2) for answer in answers)).demands(2)
    lost = hit(ReplanContext.of(left, base, demands=demands))
    pinned = [operation.id for operation in scenario.operations.values() if operation.fixed is not None]
    unpinned = frozenset(id for id in pinned if id in lost or rng.random() < 0.5)
    return ReplanContext.of(left, replace(base, hit=lost), unpinned, demands=demands)


def draw_answers(rng: Random, scenario: Scenario, placements: Mapping[str, Placement]) -> tuple[Answered, ...]:
    """Now and then, what parties answered about some operations: at other places, or where these stand."""
    answers: list[Answered] = []
    operations = list(scenario.operations.values())
    for operation in rng.sample(operations, min(rng.randint(1, 2), len(operations))) if rng.random() < 0.4 else ():
        old, units = placements.get(operation.id), scenario.units_for(operation) or (None,)
        slot = Slot(draw_span(rng, scenario.span, 1).first, rng.choice(scenario.shifts).id)
        place = Placement(operation.id, slot, rng.choice(units))
        if old is not None and rng.random() < 0.4:
            place = rng.choice((old, replace(place, slot=old.slot)))
        joining = tuple(operation.optional_agencies)[: rng.randint(0, 1)]
        parties = dict.fromkeys((*scenario.parties_of(operation), *operation.optional_agencies, place.police))
        willing = rng.choice((0.2, 0.6, 1))
        for party in parties:
            if party is not None:
                answer: Reply = "yes" if rng.random() < willing else rng.choice(("asked", "no"))
                answers.append(Answered(operation.id, party, answer, place.slot, place.police, joining))
    return tuple(answers)


def mended(rng: Random, context: ReplanContext) -> Places:
    """New placements: mostly the old ones, some of them moved a little, some dropped, some new.

    What a replan must keep stays, or only history does, or now and then not even that.
    """
    stays = rng.choice((context.kept, context.kept, context.history, context.history, {}))
    base, scenario = context.base, context.scenario
    if base is None:
        raise ValueError("a replan has a base")
    places = {id: place for id, place in base.placements.items() if id in stays}
    order = [operation for operation in scenario.operations.values() if operation.id not in places]
    rng.shuffle(order)
    for operation in order:
        old, held = base.placements.get(operation.id), context.settled_places.get(operation.id)
        if held is not None and rng.random() < 0.6:
            places[operation.id] = Placement(operation.id, held.slot, held.police)
            continue
        kind = rng.random()
        if old is not None and kind < 0.45:
            places[operation.id] = replace(old, optional_agencies=())
        elif old is not None and kind < 0.6:
            unit = None if old.police is None else rng.choice(list(scenario.police))
            choice = rng.choice((old.any_of, draw_choice(rng, operation))) if operation.any_of else ()
            places[operation.id] = Placement(operation.id, old.slot, unit, any_of=choice)
        elif kind < 0.9:
            places[operation.id] = draw_place(rng, context, operation, places)
    return {id: places[id] for id in scenario.operations if id in places}


def _loose(scenario: Scenario) -> Scenario:
    """The scenario as it may once have been: with more of everything, and hardly a limit."""
    units = {
        id: replace(unit, officers=(OfficerLine(Matching(), 6, 2),), officer_shifts_per_month=None)
        for id, unit in scenario.police.items()
    }
    agencies = {
        id: replace(agency, teams=(TeamLine(Matching(), 3),), staff_teams=9, team_shifts_per_week=None,
                    team_shifts_per_month=None)
        for id, agency in scenario.agencies.items()
    }  # fmt: skip
    return replace(scenario, settings=Settings(), police=units, agencies=agencies)


def draw_moment(rng: Random, scenario: Scenario, old: Places) -> datetime:
    """A moment in the period: mostly the very start of something planned, or so many days before that it freezes."""
    slots = [place.slot for place in old.values()] or [Slot(scenario.span.first, scenario.shifts[0].id)]
    slot = rng.choice(slots)
    if rng.random() < 0.3:
        slot = max(slots)
    elif rng.random() < 0.6:
        near = rng.randint(0, max(scenario.settings[FREEZE_DAYS], scenario.settings[NOTICE_DAYS]))
        slot = Slot(within(scenario, slot.day - timedelta(days=near)), rng.choice(scenario.shifts).id)
    if rng.random() < 0.8:
        starts = scenario.moments(slot)[0].astimezone(scenario.zone)
        return starts + timedelta(minutes=rng.choice((-1, 0, 0, 1)))
    return datetime(slot.day.year, slot.day.month, slot.day.day, rng.randint(0, 23), tzinfo=scenario.zone)


def draw_withdrawals(rng: Random, scenario: Scenario, placements: Places, as_of: datetime) -> tuple[Withdrawal, ...]:
    """Withdrawals of what operations stand on, some of it of days that have been."""
    withdrawals = []
    for number in range(rng.randint(1, 3)):
        span, unit, shifts = draw_span(rng, scenario.span, 3), rng.choice(list(scenario.police)), None
        served = [place for place in placements.values() if place.police is not None]
        coming = [place for place in served if scenario.moments(place.slot)[0] >= as_of]
        if served and rng.random() < 0.9:
            place = rng.choice(coming if coming and rng.random() < 0.7 else served)
            span = Span(place.slot.day, place.slot.day + timedelta(days=rng.randint(0, 2)))
            unit, shifts = place.police or unit, rng.choice((None, (place.slot.shift,)))
        last, left = rng.choice((span.last, None)), rng.choice((0, 0, 1, 2))
        reported = as_of - timedelta(days=1)
        withdrawals.append(Withdrawal(f"W-{number}", reported, (unit,), span.first, last, shifts, left))
    return tuple(withdrawals)


def _fewer_teams(rng: Random, scenario: Scenario) -> Scenario:
    agency, span = rng.choice(list(scenario.agencies.values())), draw_span(rng, scenario.span, 4)
    fewer = TeamLine(Matching(first=span.first, last=span.last), 1, at_most=True)
    return replace(scenario, agencies={**scenario.agencies, agency.id: replace(agency, teams=(*agency.teams, fewer))})
