"""Random plans and what became of them: the lives that a feed has to get through.

Every text that some party may not read holds a word of its own, so that one search finds any leak:
`SITE…` and `COUNTED…` nobody, `TITLE-id` the coordinator, `SECTOR-id`, `PROGRAMME-id` whoever takes part or serves.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal

from hypothesis import strategies as st

from arshjul.year.agenda.channel import Channel, channels
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.party import parties
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.view import View, remembered, view
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.amendment import RESULTS, Outcome
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation, Placement, Site
from arshjul.year.domain.parties import NO_TEAMS
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Programme, Scenario
from arshjul.year.domain.settings import Cycle, Meeting, Milestone
from tests.builders import SHIFTS, agency, operation, placement, plan, scenario, swedish

AGENCIES = ("miljo", "skatteverket", "arbetsmiljoverket")
OWNERS = (None, "akc-vast", "skatteverket")
"""Who may own a programme: nobody, an agency without teams, one with."""
UNITS = ("lpo-city", "lpo-hisingen")
IDS = ("OP-1", "OP-2", "OP-3", "OP-4")
WORDS = swedish()
UID_KEY = bytes(32)

texts = st.text(max_size=20).map(lambda text: text.replace("SECTOR", "").replace("TITLE", "").replace("SITE", ""))
days = st.dates(date(2027, 1, 1), date(2027, 12, 31))


@dataclass(frozen=True)
class Revision:
    """One plan in a history, every party's view of it in every calendar, and the history on both sides."""

    scenario: Scenario
    plan: Plan
    before: FeedHistory
    seen: Mapping[Channel, View]
    after: FeedHistory

    @property
    def views(self) -> Collection[View]:
        return self.seen.values()


@st.composite
def operations(draw: st.DrawFn, id: str) -> Operation:
    required = draw(st.sets(st.sampled_from(AGENCIES)))
    optional = draw(st.sets(st.sampled_from(AGENCIES))) - required
    officers = draw(st.sampled_from((0, 2, 4)))
    besides = draw(st.sampled_from((None, None, *UNITS))) if officers else None
    return operation(
        id,
        title=f"TITLE-{id} {draw(texts)}",
        sector=draw(st.sampled_from((f"SECTOR-{id}", f"SECTOR-{id} else"))),
        programme=draw(st.sampled_from((f"PROGRAMME-{id}", f"PROGRAMME-{id} else"))),
        area=draw(st.sampled_from(("city", "hisingen"))),
        lead_agency=draw(st.sampled_from(AGENCIES)),
        officers=officers,
        police_also={} if besides is None else {besides: draw(st.sampled_from((2, 3)))},
        designated=draw(st.sampled_from(("none", "prefer", "require"))),
        agencies=dict.fromkeys(sorted(required), 1),
        optional_agencies=dict.fromkeys(sorted(optional), 2),
        sites=(Site("SITEref", "SITEname AB", "SITEaddress 1"),),
    )


@st.composite
def programmes(draw: st.DrawFn) -> dict[str, Programme]:
    """A programme of each operation, with its owner; the other one that it may have is but a word."""
    ids = [f"PROGRAMME-{id}" for id in IDS]
    return {id: Programme(id, id, draw(st.sampled_from(OWNERS))) for id in ids}


@st.composite
def edited(draw: st.DrawFn, before: Operation) -> Operation:
    """The operation with some of what its place does not hang on drawn anew."""
    other = draw(operations(before.id))
    keys = draw(st.sets(st.sampled_from(("title", "sector", "programme", "area", "lead_agency", "designated"))))
    return replace(before, **{key: getattr(other, key) for key in keys})


@st.composite
def placements(draw: st.DrawFn, operation: Operation) -> Placement:
    unit = None if operation.officers == 0 else draw(st.sampled_from(UNITS))
    joining = draw(st.sets(st.sampled_from(sorted(operation.optional_agencies)))) if operation.optional_agencies else ()
    return placement(
        operation.id, draw(days), draw(st.sampled_from([shift.id for shift in SHIFTS])), unit, tuple(sorted(joining))
    )


@st.composite
def cycles(draw: st.DrawFn) -> Cycle:
    clocks = st.none() | st.sampled_from((time(1, 30), time(2, 30), time(10)))
    names = st.text(max_size=5)
    milestones = [
        Milestone(id, draw(names), draw(st.integers(-60, 60)), draw(clocks), draw(st.sampled_from((0, 60, 90))))
        for id in draw(st.sets(st.sampled_from(("nomination", "meeting", "evaluation"))))
    ]
    invited: tuple[str, ...] | Literal["all"] = "all"
    if draw(st.booleans()):
        invited = tuple(sorted(draw(st.sets(st.sampled_from(AGENCIES)))))
    meetings = [Meeting("network", "Nätverksträff", tuple(draw(st.sets(days, max_size=2))), draw(clocks), 60, invited)]
    return Cycle(tuple(sorted(milestones, key=lambda milestone: milestone.id)), tuple(meetings))


@st.composite
def outcomes_of(draw: st.DrawFn, placed: Iterable[Placement], today: date) -> list[Outcome]:
    """How some of what lies behind went, with figures and a note that no feed may hold."""
    begun = [place for place in placed if place.slot.day < today]
    results = [(place, draw(st.sampled_from((None, *RESULTS)))) for place in begun]
    return [
        Outcome(place.operation, place.slot.day, result, figures={"COUNTED": 47114711}, note="COUNTED")
        for place, result in results
        if result is not None
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[Revision]:
    """One to four revisions: operations move, go and come back, units and agencies change, words too."""
    there = [draw(operations(id)) for id in IDS[: draw(st.integers(1, len(IDS)))]]
    now = scenario(there, cycle=draw(cycles()), span=Span(date(2027, 1, 1), date(2027, 12, 31)))
    alone = replace(agency("akc-vast", "AKC-väst"), teams=NO_TEAMS)
    now = replace(now, agencies={**now.agencies, alone.id: alone}, programmes=draw(programmes()))
    placed: dict[str, Placement] = {}
    outcomes: list[Outcome] = []
    as_of, history, revisions = datetime(2026, 11, 24, 10), FeedHistory(), []
    for number in range(draw(st.integers(1, 4))):
        for position, operation_now in enumerate(there):
            match draw(st.sampled_from(("stay", "place", "drop", "edit", "hand over"))):
                case "edit":
                    there[position] = draw(edited(operation_now))
                case "place":
                    if number and draw(st.booleans()):
                        there[position] = draw(operations(operation_now.id))
                    placed[operation_now.id] = draw(placements(there[position]))
                case "drop":
                    placed.pop(operation_now.id, None)
                case "hand over" if (at := placed.get(operation_now.id)) and at.police is not None:
                    placed[at.operation] = replace(at, police=draw(st.sampled_from(UNITS)))
        if number and draw(st.booleans()):
            now = replace(now, cycle=draw(cycles()), names={"SECTOR-OP-1": f"SECTOR-OP-1 {draw(texts)}"})
        if number and draw(st.booleans()):
            now = replace(now, programmes=draw(programmes()))
        now = replace(now, operations={one.id: one for one in there})
        outcomes += draw(outcomes_of(placed.values(), as_of.date()))
        revision = plan(now, placed.values(), as_of, number + 1)
        revision = replace(revision, entries=Entries.of(outcomes=tuple(outcomes)))
        seen = {
            channel: view(revision, now, channel, history, WORDS, UID_KEY)
            for party in parties(now)
            for channel in channels(now, party)
            if channel.level == "full" or channel.content == "all"
        }
        after = replace(remembered(history, seen.values()), plan=FormerPlan(now, revision.placed))
        revisions.append(Revision(now, revision, history, seen, after))
        history = revisions[-1].after
        as_of += timedelta(days=draw(st.sampled_from((0, 1, 10, 40, 100))), minutes=draw(st.integers(1, 600)))
    return revisions


def steps(history: list[Revision]) -> Iterator[tuple[Revision, View, View]]:
    """Every view beside the same feed's view of the revision before it."""
    for earlier, later in pairwise(history):
        for before, after in zip(earlier.views, later.views, strict=True):
            yield later, before, after
