"""Causes through real replans: what is named bites, everything that tells of a change names it, and it stays told."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from random import Random

import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st

from arshjul.year.agenda.channel import Channel
from arshjul.year.agenda.entry import FeedEntry
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.party import COORDINATOR, Party
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.revised import revised
from arshjul.year.agenda.view import remembered, view
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.change import ChangeCause, changes
from arshjul.year.domain.entries.amendment import Cancelled, Edited, Pinned, WithoutPolice, edit_sentences
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation, Pin
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Plan, ReplanRecord
from arshjul.year.domain.replan_context import ReplanContext, context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.plan.plan_json import plan_mapping, plan_of
from arshjul.year.formats.schema.scenario import labels
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.letters.notices import notices
from arshjul.year.planning.letters.year_log import operation_history
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.replan import replan, replan_from
from arshjul.year.planning.verify import judge
from arshjul.year.rules.causes import hit
from arshjul.year.rules.told_causes import causes_told
from tests.builders import operation, scenario, swedish
from tests.examples import examples
from tests.year.rules.faults.planting import Fault, planted
from tests.year.rules.generators import draw_scenario
from tests.year.rules.replans import draw_moment, draw_withdrawals

EFFORT = Effort(20)
WORDS = swedish()
BECAUSE = "på grund av"
KNOCK_ON = "att andra insatser behövde platsen"


def tuesdays() -> Scenario:
    """A must that is wanted on 2 March and has 9 March too, where another operation stands; both need all officers."""
    usual = scenario(
        [
            operation("OP-1", must=True, officers=4, agencies={}, window=Span(date(2027, 3, 2), date(2027, 3, 9)),
                      preferred=Span(date(2027, 3, 2), date(2027, 3, 2))),
            operation("OP-2", officers=4, agencies={}, window=Span(date(2027, 3, 9), date(2027, 3, 16)), sector="taxi",
                      preferred=Span(date(2027, 3, 9), date(2027, 3, 9))),
        ]
    )  # fmt: skip
    line = (OfficerLine(Matching(weekdays=frozenset({1}), shift="day"), 4),)
    return replace(usual, police={id: replace(unit, officers=line) for id, unit in usual.police.items()})


@cache
def knocked_on() -> tuple[Scenario, Plan, Plan]:
    """The plan of that, and the replan in which OP-1 lost its place and took that of OP-2."""
    there = tuesdays()
    first = make_plan(there, datetime(2027, 1, 4, 9, tzinfo=there.zone), EFFORT).plan
    day = date(2027, 3, 2)
    shot = Withdrawal("W-1", None, ("lpo-city",), day, day, cause="shooting")
    asked = Entries.of(withdrawals=(shot,))
    return there, first, replanned(there, first, asked, datetime(2027, 1, 5, 9, tzinfo=there.zone))[1]


def replanned(there: Scenario, before: Plan, asked: Entries, as_of: datetime) -> tuple[Scenario, Plan]:
    options = replan(there, before, asked, as_of, EFFORT, ("balanced",))
    return options.scenario, options.options["balanced"]


def locked(there: Scenario, moved: Plan) -> tuple[Scenario, Plan]:
    """The replan in which the coordinator locks OP-2 where it went."""
    pin = Pinned("OP-2", Pin(moved.placed["OP-2"].slot))
    return replanned(there, moved, Entries.of(changes=(pin,)), moved.as_of + timedelta(days=1))


def cancelled(there: Scenario, moved: Plan) -> tuple[Scenario, Plan]:
    """The replan in which it is cancelled; its scenario as names are looked up in."""
    now, made = replanned(there, moved, Entries.of(changes=(Cancelled("OP-2"),)), moved.as_of + timedelta(days=1))
    return replace(now, operations={**there.operations, **now.operations}), made


def edited(there: Scenario, moved: Plan) -> tuple[Scenario, Plan]:
    """The replan of a scenario in which it is pinned there, and has other dates and needs."""
    slot, lead = moved.placed["OP-2"].slot, there.operations["OP-2"].lead_agency
    other = replace(
        there.operations["OP-2"],
        fixed=Pin(slot),
        not_on=(Span(date(2027, 3, 9), date(2027, 3, 9)),),
        agencies={lead: 0},
    )
    given = replace(there, operations={**there.operations, "OP-2": other})
    begun = replan_input(there, moved, Entries(), moved.as_of + timedelta(days=1), given)
    return begun.scenario, replan_from(begun, moved, EFFORT, ("balanced",)).options["balanced"]


LATER = {"locked": locked, "cancelled": cancelled, "edited": edited}


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("is_kept", [True, False], ids=("kept", "found-anew"))
def test_a_cause_once_told_stays_told(later: str, is_kept: bool) -> None:
    there, _, moved = knocked_on()
    causes = moved.causes
    assert causes == {"OP-1": (ChangeCause("withdrawal", id="W-1"),), "OP-2": (ChangeCause("knock-on", id="OP-2"),)}
    if not is_kept:
        moved = replace(moved, causes=None)
    (said,) = lines(there, moved)
    assert KNOCK_ON in said
    there, now = LATER[later](there, moved)
    assert said in lines(there, now)
    assert now.revisions[0].causes == causes, "what a folder of before does not say is kept from the next replan on"


def test_the_causes_of_each_revision_are_in_the_plan_and_a_plan_without_them_can_be_read() -> None:
    there, _, moved = knocked_on()
    there, now = locked(there, moved)
    written = json.loads(json.dumps(plan_mapping(now, there, "", WORDS)))
    del written["scenario"]
    assert plan_of(written, there).causes == now.causes
    assert causes_of(plan_of(written, there).revisions) == causes_of(now.revisions)
    for revision in (written, *written["revisions"]):
        del revision["causes"]
    bare = plan_of(written, there)
    assert causes_of(bare.revisions) == [None, None]
    assert lines(there, bare) == lines(there, now)


def causes_of(records: tuple[ReplanRecord, ...]) -> list[Mapping[str, tuple[ChangeCause, ...]] | None]:
    return [None if record.causes is None else dict(record.causes) for record in records]


def lines(there: Scenario, plan: Plan) -> list[str]:
    """The lines of OP-2's history that tell why it was changed."""
    return [text for line in operation_history(there, plan, "OP-2") if BECAUSE in (text := WORDS.say(line))]


def test_what_left_its_place_two_versions_ago_has_that_versions_cause() -> None:
    there, first, moved = knocked_on()
    there, now = replanned(there, moved, Entries(), moved.as_of + timedelta(days=1))
    assert now.causes == {}
    found = notices(there, there, first.placed, now)
    assert causes_told(there, now, found.changes) == moved.causes
    assert sum("en skjutning" in WORDS.say(sentence) for sentence in found.sentences) == 1


@examples(10, 300, deadline=None, suppress_health_check=list(HealthCheck))
@hypothesis.given(st.integers(0, 2**32))
def test_without_the_withdrawals_that_are_named_no_operation_would_have_been_hit(seed: int) -> None:
    hold(seed)


FAULTS = (
    (Fault("year.rules.causes", "left is not None and self._is_short(old, unit, slot, left, left)", "True", "all"), 6),
    (
        Fault(
            "year.rules.causes",
            "id=withdrawal.id) for withdrawal in biting)",
            "id=withdrawal.id) for withdrawal in biting[:1])",
            "the first",
        ),
        10,
    ),
    (Fault("year.rules.causes", "in (*self._others(old, slot), old):", "in (old,):", "nobody else is there"), 64),
    (
        Fault(
            "year.rules.told_causes",
            "None if causes is None else causes.get(move.operation, ())",
            "()",
            "what was kept is not told",
        ),
        3,
    ),
)
"""Mistakes, each with a seed that shows it."""


@pytest.mark.parametrize(("fault", "seed"), FAULTS, ids=str)
def test_a_wrong_cause_is_caught(fault: Fault, seed: int) -> None:
    with planted(fault), pytest.raises(AssertionError):
        hold(seed)


def hold(seed: int) -> None:
    """What is named takes the place away, nothing else does, and all that tells of the change names it."""
    for there, before, made in drawn_replans(seed):
        base, told, context = made.base, made.causes, context_of(there, made)
        assert base is not None
        assert told is not None
        changed = {move.operation for move in changes(base.placements, made.placed).changed}
        assert changed <= told.keys()
        assert judge(there, made).clean
        of_the_place = {id: [cause for cause in causes if not cause.absent] for id, causes in told.items()}
        absent = [cause for causes in told.values() for cause in causes if cause.absent]
        assert not any(cause.kind == "withdrawal" for cause in absent), "that it moved keeps nobody away"
        for id in base.hit & changed:
            named = {cause.id for cause in of_the_place[id]}
            assert {cause.kind for cause in of_the_place[id]} == {"withdrawal"}
            without = tuple(withdrawal for withdrawal in context.scenario.taken if withdrawal.id not in named)
            assert id not in hit(given(context, without)), "without them it would stand"
            for withdrawal in context.scenario.taken:
                assert (id in hit(given(context, (withdrawal,)))) == (withdrawal.id in named), (
                    "each takes the place away by itself"
                )
        for id in changed - base.hit:
            assert {cause.kind for cause in of_the_place[id]} <= {"tied", "knock-on"}
        all_tell_the_same(there, before, made)


def given(context: ReplanContext, taken: tuple[Withdrawal, ...]) -> ReplanContext:
    """The same replan, if these withdrawals were all."""
    there = replace(context.scenario, taken=taken)
    return ReplanContext.of(there, context.base, context.unpinned, demands=context.demands)


def drawn_replans(seed: int) -> Iterator[tuple[Scenario, Plan, Plan]]:
    """A drawn year, replanned twice after withdrawals; each has words of its own for its cause."""
    rng, numbers = Random(f"causes {seed}"), count(1)
    there = draw_scenario(rng, rng.randint(3, 6))
    start = datetime.combine(there.span.first - timedelta(days=1), datetime.min.time(), there.zone)
    before = make_plan(there, start, EFFORT).plan
    for _ in range(2):
        as_of = max(draw_moment(rng, there, dict(before.placed)), before.as_of)
        drawn = draw_withdrawals(rng, there, dict(before.placed), as_of)
        named = [replace(one, id=f"W-{n}", cause=f"orsak {n}x") for one, n in zip(drawn, numbers, strict=False)]
        there, made = replanned(there, before, Entries.of(withdrawals=tuple(named)), as_of)
        yield there, before, made
        before = made


def all_tell_the_same(there: Scenario, before: Plan, made: Plan) -> None:
    """The difference, the page, the coordinator's calendar and the units' letters name the withdrawals of the plan."""
    told = made.causes or {}
    found = notices(there, there, before.placed, made)
    changed = [move.operation for move in found.changes.changed]
    assert causes_told(there, made, found.changes) == {
        id: tuple(cause for cause in told[id] if not cause.absent) for id in changed
    }
    page = revised(there, made)
    assert page is not None
    entries = calendar(there, before, made)
    for id in changed:
        named = {cause.id for cause in told[id] if cause.kind == "withdrawal"}
        texts = [WORDS.say(sentence) for sentence in found.sentences if WORDS.say(sentence).startswith(f"{id} ")]
        texts += [WORDS.say(one.cause) for one in page.changed if one.id == id and one.cause is not None]
        texts += [entry.event.description.partition("\n")[0] for entry in entries if is_of(entry, id)]
        assert len(texts) >= 3
        for text in texts:
            assert {*_causes_in(text)} == named, text
        for letter in found.letters:
            own = {
                withdrawal.id
                for withdrawal in made.entries.withdrawals
                if letter.to == Party("police", withdrawal.police[0])
            }
            lines = [line for line in map(WORDS.say, letter.lines) if line.startswith(f"{id} ") and BECAUSE in line]
            assert [{*_causes_in(line)} for line in lines] == [own & named] * len(lines)


def calendar(there: Scenario, before: Plan, made: Plan) -> tuple[FeedEntry, ...]:
    """The coordinator's entries of the later plan, told to those who know the earlier one."""
    channel = Channel(COORDINATOR, "full", "operations")
    history = remembered(FeedHistory(), [view(before, there, channel, FeedHistory(), WORDS)])
    return view(made, there, channel, replace(history, plan=FormerPlan(there, before.placed)), WORDS).entries


def is_of(entry: FeedEntry, id: str) -> bool:
    """True if it is the first event of that operation."""
    return entry.event.uid.startswith(f"{id}@")


def _causes_in(text: str) -> list[str]:
    return [f"W-{n}" for n in re.findall(r"orsak (\d+)x", text)]


def test_verify_finds_a_cause_that_is_none_and_a_change_without_one() -> None:
    there, _, moved = knocked_on()
    assert judge(there, moved).clean
    told = dict(moved.causes or {})
    elsewhere = Withdrawal("W-2", moved.as_of, ("lpo-hisingen",), date(2027, 3, 2), date(2027, 3, 2), revision=2)
    entries = moved.entries.with_lists(withdrawals=(*moved.entries.withdrawals, elsewhere))
    wrong = {
        "ändrade utan orsak i planen: OP-2": {"OP-1": told["OP-1"]},
        "OP-1 lämnade sin plats för W-2, som lämnar tillräckligt": {
            **told,
            "OP-1": (ChangeCause("withdrawal", id="W-2"),),
        },
        "OP-2 lämnade sin plats för W-9, som lämnar tillräckligt": {
            **told,
            "OP-2": (ChangeCause("withdrawal", id="W-9"),),
        },
    }
    for claim, causes in wrong.items():
        verdict = judge(there, replace(moved, entries=entries, causes=causes))
        assert [WORDS.say(one) for one in verdict.claims] == [claim]
    assert judge(there, replace(moved, causes=None)).clean, "a folder of before tells none"


def test_verify_asks_of_what_goes_without_police_whether_its_withdrawal_left_enough() -> None:
    there = scenario(
        [operation("OP-1", officers=4, agencies={}, must=True, window=Span(date(2027, 3, 2), date(2027, 3, 9)))]
    )
    line = (OfficerLine(Matching(), 6),)
    there = replace(there, police={id: replace(unit, officers=line) for id, unit in there.police.items()})
    first = make_plan(there, datetime(2027, 1, 4, 9, tzinfo=there.zone), EFFORT).plan
    unit, day = first.placed["OP-1"].police or "", first.placed["OP-1"].slot.day
    shot, match = (
        Withdrawal(id, None, (unit,), day, day, officers_left=left, cause=cause)
        for id, left, cause in (("W-1", 2, "shooting"), ("W-2", 6, "match"))
    )
    asked = Entries.of(withdrawals=(shot, match), changes=(WithoutPolice("OP-1"),))
    there, alone = replanned(there, first, asked, datetime(2027, 1, 5, 9, tzinfo=there.zone))
    assert alone.placed["OP-1"].police is None
    assert alone.causes == {"OP-1": (ChangeCause("withdrawal", id="W-1"),)}
    assert judge(there, alone).clean
    wrong = replace(alone, causes={"OP-1": (ChangeCause("withdrawal", id="W-2"),)})
    assert [WORDS.say(claim) for claim in judge(there, wrong).claims] == [
        "OP-1 lämnade sin plats för W-2, som lämnar tillräckligt"
    ]


def test_a_voluntary_agency_that_says_no_to_the_new_date_is_out_for_its_no() -> None:
    there = scenario(
        [operation("OP-1", officers=4, agencies={"miljo": 1}, optional_agencies={"skatteverket": 1},
                   interest={"skatteverket": 3}, must=True, window=Span(date(2027, 3, 16), date(2027, 3, 23)),
                   preferred=Span(date(2027, 3, 16), date(2027, 3, 16)))]
    )  # fmt: skip
    line = (OfficerLine(Matching(weekdays=frozenset({1}), shift="day"), 4),)
    there = replace(
        there,
        police={id: replace(unit, officers=line) for id, unit in there.police.items()},
        agencies={id: replace(one, teams=(TeamLine(Matching(), 2),)) for id, one in there.agencies.items()},
    )
    first = make_plan(there, datetime(2027, 1, 4, 9, tzinfo=there.zone), EFFORT).plan
    old = first.placed["OP-1"]
    assert (old.slot.day, old.optional_agencies) == (date(2027, 3, 16), ("skatteverket",))
    shot = Withdrawal("W-1", None, ("lpo-city", "lpo-hisingen"), old.slot.day, old.slot.day, cause="shooting")
    no = Answered("OP-1", "skatteverket", "no", Slot(date(2027, 3, 23), old.slot.shift))
    asked = Entries.of(withdrawals=(shot,), changes=(no,))
    there, made = replanned(there, first, asked, datetime(2027, 1, 5, 9, tzinfo=there.zone))
    found = notices(there, there, first.placed, made)
    (sentence,) = map(WORDS.say, found.sentences)
    assert "på grund av en skjutning; nu utan Skatteverket, på grund av att Skatteverket tackade nej (" in sentence
    (letter,) = [one for one in found.letters if one.to == Party("agency", "skatteverket")]
    (told,) = map(WORDS.say, letter.lines)
    assert "på grund av att ni tackade nej; den har flyttats och genomförs utan er (" in told
    assert "poliser" not in told
    no_more = {"kind": "asked", "party": "skatteverket", "absent": "skatteverket"}
    assert plan_mapping(made, there, "", WORDS)["causes"] == [
        {"operation": "OP-1", "causes": [{"kind": "withdrawal", "id": "W-1"}, no_more]}
    ]


# An edited scenario is told in words, not by the names of keys.


def test_what_was_edited_is_told_in_the_readers_words_which_all_that_can_be_edited_has() -> None:
    edited = Edited(changed={"OP-1": ("title", "window")}, sections=("police", "settings"))
    assert [swedish().say(sentence) for sentence in edit_sentences(edited)] == [
        "OP-1 är ändrad: titel och tidsfönster.",
        "Även ändrat: polisenheterna och reglerna.",
    ]
    operation = {field.name for field in fields(Operation) if field.compare} - {
        "id",
        "chosen",
    }  # which agencies of groups come is no part of what is written
    assert operation <= labels().keys()
    kept = {"span", "language", "operations", "taken", "objects"}
    assert {f"scenario.{field.name}" for field in fields(Scenario) if field.name not in kept} <= labels().keys()
