"""The sentence on what has become of a reader's part: a state before, a state after, and who reads what."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, get_args

import pytest

from arshjul.errors import Message
from arshjul.year.agenda.party import COORDINATOR, Party
from arshjul.year.agenda.party_change import FormerPlan, PartyChange, party_change
from arshjul.year.agenda.party_part import ChangeClause, Kind
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.change import ChangeCause, Move
from arshjul.year.domain.entries.amended import Given, amended
from arshjul.year.domain.entries.amendment import Amendment, TeamsLost, WithoutPolice
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Frame, Operation, Placement
from arshjul.year.domain.parties import Matching, PoliceUnit, TeamLine
from arshjul.year.domain.plan import Base, Plan, ReplanRecord
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet, Sharing
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.texts import FirstToLast, Words
from tests.builders import operation, placement, plan, scenario, swedish

WORDS = swedish()
MILJO, SKATT, ARBETE = (Party("agency", id) for id in ("miljo", "skatteverket", "arbetsmiljoverket"))
CITY, HISINGEN, BORDER = (Party("police", id) for id in ("lpo-city", "lpo-hisingen", "border"))
AS_OF = datetime(2027, 2, 20, 8)
SHOOTING = Withdrawal("W-1", AS_OF, ("lpo-city",), date(2027, 3, 1), date(2027, 3, 10), cause="shooting")
OLD = placement()
NEW = placement(day=date(2027, 3, 18))
ELSEWHERE = placement(day=date(2027, 3, 18), police="lpo-hisingen")
WHEN, THEN = "tisdag 2 mars 2027 09:00–15:00", "torsdag 18 mars 2027 09:00–15:00"
CHANGED = ", på grund av ändrade förutsättningar"
"""What an edited operation says that stands where it stood: also of what is no loss."""
ITS_NO, YOUR_NO = ", på grund av att Arbetsmiljöverket tackade nej", ", på grund av att ni tackade nej"
SHOT, TAKEN = ", på grund av en skjutning", ", på grund av att poliser drogs tillbaka"


def year(*operations: Operation) -> Scenario:
    """Three units, and agencies with teams enough."""
    usual = scenario(operations)
    teams = (TeamLine(Matching(), 9),)
    return replace(
        usual,
        agencies={id: replace(agency, teams=teams) for id, agency in usual.agencies.items()},
        police={**usual.police, "border": PoliceUnit("border", "Gränspolisen", "border", ())},
    )


def replanned(there: Scenario, old: Placement | None, new: Placement | None, *withdrawals: Withdrawal) -> Plan:
    placed = {} if old is None else {old.operation: old}
    after = plan(there, [] if new is None else [new], AS_OF, 2)
    return replace(after, base=Base(1, AS_OF, placed, frozenset(placed)), entries=Entries.of(withdrawals=withdrawals))


def changed(
    party: Party,
    old: Placement | None,
    new: Placement | None,
    before: Operation | None = None,
    after: Operation | None = None,
    changes: tuple[Amendment, ...] = (),
) -> PartyChange | None:
    was, given = year(before or operation()), year(after or before or operation())
    now = amended(given, changes)
    former = FormerPlan(was, {} if old is None else {old.operation: old})
    made = replanned(now, old, new, SHOOTING)
    made = replace(made, entries=made.entries.with_lists(changes=changes), given=Given.of(given, now))
    return party_change(former, now, made, party, "OP-001")


def said(*states: Any) -> str:
    change = changed(*states)
    return "" if change is None else WORDS.say(change.sentence)


@pytest.mark.parametrize(
    ("party", "old", "new", "kinds", "sentence"),
    [
        (COORDINATOR, OLD, None, ["called-off"], f"inställd, skulle ha varit {WHEN}{SHOT}"),
        (MILJO, OLD, None, ["called-off"], f"inställd, skulle ha varit {WHEN}{TAKEN}"),
        (CITY, OLD, None, ["called-off"], f"inställd, skulle ha varit {WHEN}{SHOT}"),
        (HISINGEN, OLD, None, [], ""),
        (ARBETE, OLD, None, [], ""),
        (SKATT, OLD, NEW, ["moved"], f"flyttad från {WHEN} till {THEN}{TAKEN}"),
        (CITY, OLD, NEW, ["moved"], f"flyttad från {WHEN} till {THEN}{SHOT}"),
        (CITY, OLD, ELSEWHERE, ["handed-over"], f"LPO Hisingen tar över, {THEN} i stället för {WHEN}{SHOT}"),
        (HISINGEN, OLD, ELSEWHERE, ["takes-over"], f"ni tar över från LPO City, {THEN} i stället för {WHEN}{TAKEN}"),
        (
            COORDINATOR,
            OLD,
            ELSEWHERE,
            ["moved", "another-unit"],
            f"flyttad från {WHEN} till {THEN}; LPO Hisingen tar över från LPO City{SHOT}",
        ),
        (
            MILJO,
            OLD,
            ELSEWHERE,
            ["moved", "another-unit"],
            f"flyttad från {WHEN} till {THEN}; LPO Hisingen tar över från LPO City{TAKEN}",
        ),
        (COORDINATOR, None, OLD, ["new"], f"ny, {WHEN}"),
        (SKATT, None, OLD, ["new"], f"ny, {WHEN}"),
        (CITY, None, OLD, ["new"], f"ny, {WHEN}"),
        (COORDINATOR, OLD, OLD, [], ""),
    ],
)
def test_what_is_called_off_moved_taken_over_or_new(
    party: Party, old: Placement | None, new: Placement | None, kinds: list[str], sentence: str
) -> None:
    change = changed(party, old, new)
    assert ([] if change is None else list(change.kinds)) == kinds
    assert said(party, old, new) == sentence


def test_another_unit_another_leader_and_another_number_of_officers() -> None:
    for party, sentence in [
        (COORDINATOR, f"LPO Hisingen tar över från LPO City{SHOT}"),
        (CITY, f"LPO Hisingen tar över, {WHEN}{SHOT}"),
        (HISINGEN, f"ni tar över från LPO City, {WHEN}{TAKEN}"),
        (MILJO, f"LPO Hisingen tar över från LPO City{TAKEN}"),
        (BORDER, ""),
    ]:
        assert said(party, OLD, replace(OLD, police="lpo-hisingen")) == sentence
    for party, sentence in [
        (SKATT, f"ni leder nu{CHANGED}"),
        (MILJO, f"Skatteverket leder nu{CHANGED}"),
        (CITY, f"Skatteverket leder nu{CHANGED}"),
        (COORDINATOR, f"Skatteverket leder nu{CHANGED}"),
    ]:
        assert said(party, OLD, OLD, operation(), operation(lead_agency="skatteverket")) == sentence
    for party, sentence in [
        (COORDINATOR, f"poliserna är nu 4, förut 2{CHANGED}"),
        (CITY, f"era poliser är nu 4, förut 2{CHANGED}"),
        (SKATT, ""),
    ]:
        assert said(party, OLD, OLD, operation(), operation(officers=4)) == sentence
    needed, besides = operation(designated="require"), operation(police_also={"border": 2})
    assert said(CITY, OLD, OLD, needed, operation()) == f"insatspolis behövs inte längre{CHANGED}"
    more = operation(police_also={"border": 3})
    assert said(COORDINATOR, OLD, OLD, besides, more) == f"Gränspolisen lånar nu ut 3 poliser, förut 2{CHANGED}"
    assert said(BORDER, OLD, OLD, besides, more) == f"era poliser är nu 3, förut 2{CHANGED}"
    for party, sentence in [
        (ARBETE, f"ni behövs nu; era lag är nu 2, förut 1{CHANGED}"),
        (SKATT, ""),
        (COORDINATOR, ""),
    ]:
        before = operation(optional_agencies={"arbetsmiljoverket": 1})
        after = operation(agencies={"miljo": 1, "skatteverket": 2, "arbetsmiljoverket": 2})
        assert said(party, replace(OLD, optional_agencies=("arbetsmiljoverket",)), OLD, before, after) == sentence


@pytest.mark.parametrize(
    ("party", "gone", "back"),
    [
        (
            COORDINATOR,
            f"genomförs utan polis, inte med LPO City och Gränspolisen{SHOT}",
            "genomförs med LPO City och Gränspolisen",
        ),
        (
            SKATT,
            f"genomförs utan polis, inte med LPO City och Gränspolisen{TAKEN}",
            "genomförs med LPO City och Gränspolisen",
        ),
        (CITY, f"genomförs utan polis, ni behövs inte {WHEN}{SHOT}", f"ni bemannar den nu, {WHEN}"),
        (BORDER, f"genomförs utan polis, ni behövs inte {WHEN}{TAKEN}", f"ni lånar nu ut poliser, {WHEN}"),
        (HISINGEN, "", ""),
    ],
)
def test_without_police_and_with_them_again(party: Party, gone: str, back: str) -> None:
    police, none = operation(police_also={"border": 2}), operation(officers=0)
    alone = replace(OLD, police=None)
    entered = (WithoutPolice("OP-001", OLD.slot, revision=2),)
    assert said(party, OLD, alone, police, none, entered) == gone
    assert said(party, alone, OLD, none, police) == back


OTHERS = ", på grund av att andra insatser behövde lagen"
OUT = f"ni deltar inte längre {WHEN}, den genomförs utan er"
OUT_NOW, ELSEWHERE_WITHOUT = f"ni deltar inte längre {WHEN}", "; den har flyttats och genomförs utan er"


@pytest.mark.parametrize(
    ("party", "comes", "goes"),
    [
        (COORDINATOR, "nu med Arbetsmiljöverket", f"nu utan Arbetsmiljöverket{OTHERS}"),
        (SKATT, "nu med Arbetsmiljöverket", f"nu utan Arbetsmiljöverket{OTHERS}"),
        (ARBETE, f"ni deltar nu, {WHEN}", f"{OUT}{OTHERS}"),
        (CITY, "nu med Arbetsmiljöverket", f"nu utan Arbetsmiljöverket{OTHERS}"),
    ],
)
def test_somebody_joined_or_left(party: Party, comes: str, goes: str) -> None:
    may_join = operation(optional_agencies={"arbetsmiljoverket": 1})
    joined = replace(OLD, optional_agencies=("arbetsmiljoverket",))
    assert said(party, OLD, joined, may_join) == comes
    assert said(party, joined, OLD, may_join) == goes


NO = Answered("OP-001", "arbetsmiljoverket", "no", NEW.slot, revision=2)
COURSE = TeamsLost("arbetsmiljoverket", Span(NEW.slot.day, NEW.slot.day), cause="kurs", revision=2)
FEW, OWN_FEW = ", på grund av för få lag där", ", på grund av för få lag hos er"


@pytest.mark.parametrize(
    ("entered", "edited", "to_itself", "to_others", "to_the_coordinator"),
    [
        (NO, False, YOUR_NO, "", ITS_NO),
        (COURSE, False, f"{OWN_FEW} (kurs)", FEW, f"{FEW} (kurs)"),
        (None, False, OTHERS, OTHERS, OTHERS),
        (None, True, CHANGED, CHANGED, CHANGED),
    ],
    ids=("said no", "on a course", "needed elsewhere", "edited out"),
)
def test_who_is_left_behind_by_a_move_is_not_left_behind_for_its_cause(
    entered: Amendment | None, edited: bool, to_itself: str, to_others: str, to_the_coordinator: str
) -> None:
    """The cause of the move is told of the move alone."""
    may_join = operation(optional_agencies={"arbetsmiljoverket": 1})
    after = operation() if edited else may_join
    changes = () if entered is None else (entered,)

    def read(party: Party) -> str:
        return said(party, replace(OLD, optional_agencies=("arbetsmiljoverket",)), NEW, may_join, after, changes)

    moved, gone = f"flyttad från {WHEN} till {THEN}", "; nu utan Arbetsmiljöverket"
    assert read(ARBETE) == f"{OUT_NOW}{to_itself}{ELSEWHERE_WITHOUT}", "nothing is held on the day that it was to come"
    assert read(SKATT) == f"{moved}{TAKEN}{gone}{to_others}"
    assert read(COORDINATOR) == f"{moved}{SHOT}{gone}{to_the_coordinator}"
    assert read(CITY) == f"{moved}{SHOT}{gone}{to_others}"


def test_who_comes_or_goes_by_an_edit_reads_that_the_conditions_have_changed() -> None:
    after = operation(agencies={"miljo": 1})
    assert said(SKATT, OLD, NEW, operation(), after) == f"{OUT_NOW}{CHANGED}{ELSEWHERE_WITHOUT}"
    moved = f"flyttad från {WHEN} till {THEN}{TAKEN}"
    assert said(MILJO, OLD, NEW, operation(), after) == f"{moved}; nu utan Skatteverket{CHANGED}"
    none = operation(officers=0)
    alone = replace(NEW, police=None)
    gone = f"genomförs utan polis, inte med LPO City{CHANGED}"
    assert said(COORDINATOR, OLD, alone, operation(), none) == f"flyttad från {WHEN} till {THEN}{SHOT}; {gone}"
    instead = f"genomförs utan polis, ni behövs inte {WHEN}, den har flyttats"
    assert said(CITY, OLD, alone, operation(), none) == f"{instead}{CHANGED}"
    after = operation(agencies={"miljo": 1, "skatteverket": 2, "arbetsmiljoverket": 1})
    assert said(ARBETE, OLD, NEW, operation(), after) == f"ni deltar nu, {THEN}{CHANGED}"
    assert said(SKATT, OLD, OLD, operation(), after) == f"nu med Arbetsmiljöverket{CHANGED}"
    assert said(SKATT, OLD, OLD, operation(), replace(operation(), title="Andra", priority=1)) == ""
    after = operation(agencies={"miljo": 1})
    assert said(SKATT, OLD, OLD, operation(), after) == (
        f"ni deltar inte längre {WHEN}, den genomförs utan er, på grund av ändrade förutsättningar"
    )
    assert said(MILJO, OLD, OLD, operation(), after) == "nu utan Skatteverket, på grund av ändrade förutsättningar"


def test_all_who_are_there_no_more_for_one_cause_are_told_together_and_before_who_joined() -> None:
    before = operation(agencies={"miljo": 1}, optional_agencies={"skatteverket": 1, "arbetsmiljoverket": 1})
    both = replace(OLD, optional_agencies=("skatteverket", "arbetsmiljoverket"))
    gone = "nu utan Skatteverket och Arbetsmiljöverket"
    assert said(MILJO, both, OLD, before) == f"{gone}{OTHERS}"
    no = replace(NO, slot=OLD.slot)
    assert said(MILJO, both, OLD, before, before, (no,)) == (f"nu utan Skatteverket{OTHERS}; nu utan Arbetsmiljöverket")
    one, other = (replace(OLD, optional_agencies=(id,)) for id in ("skatteverket", "arbetsmiljoverket"))
    assert said(MILJO, one, other, before) == f"nu utan Skatteverket{OTHERS}; nu med Arbetsmiljöverket"


@pytest.mark.parametrize(
    ("party", "alone", "besides"),
    [
        (ARBETE, f"{OUT}{YOUR_NO}", f"{OUT_NOW}{YOUR_NO}{ELSEWHERE_WITHOUT}"),
        (
            MILJO,
            "nu utan Arbetsmiljöverket",
            f"flyttad från {WHEN} till {THEN}; LPO Hisingen tar över från LPO City{TAKEN}; nu utan Arbetsmiljöverket",
        ),
        (CITY, "nu utan Arbetsmiljöverket", f"LPO Hisingen tar över, {THEN} i stället för {WHEN}{SHOT}"),
        (HISINGEN, "", f"ni tar över från LPO City, {THEN} i stället för {WHEN}{TAKEN}"),
    ],
)
def test_why_somebody_left_is_no_cause_of_a_move_nor_the_other_way(
    party: Party, alone: str, besides: str | None
) -> None:
    there, no = (
        year(operation(optional_agencies={"arbetsmiljoverket": 1})),
        ChangeCause("asked", party=ARBETE.id, absent=ARBETE.id),
    )
    joined = replace(OLD, optional_agencies=("arbetsmiljoverket",))
    former = FormerPlan(there, {"OP-001": joined})
    for new, causes, sentence in (
        (OLD, (no,), alone),
        (ELSEWHERE, (ChangeCause("withdrawal", id="W-1"), no), alone if besides is None else besides),
    ):
        made = replace(replanned(there, joined, new, SHOOTING), causes={"OP-001": causes})
        change = party_change(former, there, made, party, "OP-001")
        assert ("" if change is None else WORDS.say(change.sentence)) == sentence


@pytest.mark.parametrize(
    ("party", "comes", "goes"),
    [
        (
            COORDINATOR,
            "Gränspolisen lånar dessutom ut poliser",
            f"Gränspolisen lånar inte längre ut poliser{CHANGED}",
        ),
        (BORDER, f"ni lånar nu ut poliser, {WHEN}", f"ni lånar inte längre ut poliser {WHEN}{CHANGED}"),
        (SKATT, "Gränspolisen lånar dessutom ut poliser", f"Gränspolisen lånar inte längre ut poliser{CHANGED}"),
        (CITY, "Gränspolisen lånar dessutom ut poliser", f"Gränspolisen lånar inte längre ut poliser{CHANGED}"),
        (HISINGEN, "", ""),
    ],
)
def test_a_unit_lends_besides_or_no_longer(party: Party, comes: str, goes: str) -> None:
    besides = operation(police_also={"border": 2})
    assert said(party, OLD, OLD, operation(), besides) == (comes and f"{comes}{CHANGED}")
    assert said(party, OLD, OLD, besides, operation()) == goes
    if party == BORDER:
        assert said(party, OLD, NEW, besides, operation()) == goes


def test_who_lends_besides_serves_and_the_other_way_round() -> None:
    """Each is told why and, if participants are shared, which unit the other one is."""
    border, other = replace(OLD, police="border"), replace(OLD, police="lpo-hisingen")

    def read(*, shared: bool) -> list[str]:
        share = Sharing(participants=shared)
        besides = operation(police_also={"border": 2}, share=share)
        serves = operation(police_also={"lpo-city": 2}, share=share)
        return [
            said(BORDER, OLD, border, besides, serves),
            said(CITY, OLD, border, besides, serves),
            said(BORDER, OLD, other, besides),
        ]

    assert read(shared=True) == [
        f"ni tar över från LPO City{TAKEN}; LPO City lånar dessutom ut poliser",
        f"Gränspolisen tar över från er, ni lånar ut poliser{SHOT}",
        f"LPO Hisingen tar över från LPO City{TAKEN}",
    ]
    assert read(shared=False) == [
        f"ni bemannar den nu{TAKEN}",
        f"en annan enhet bemannar den nu, ni lånar ut poliser{SHOT}",
        "",
    ]


def test_who_does_not_see_the_participants_is_told_of_none() -> None:
    for party in [SKATT, CITY]:
        hidden = operation(optional_agencies={"arbetsmiljoverket": 1}, share=Sharing(participants=False))
        joined = replace(OLD, optional_agencies=("arbetsmiljoverket",))
        assert said(party, OLD, joined, hidden) == said(party, joined, OLD, hidden) == ""
        assert said(MILJO, OLD, replace(OLD, police="lpo-hisingen"), hidden) == ""
    for slot in [OLD, ELSEWHERE]:
        there = replace(slot, police="lpo-hisingen")
        for share, gone, come in (
            (Sharing(), "LPO Hisingen tar över", "ni tar över från LPO City"),
            (Sharing(participants=False), "en annan enhet tar över", "ni tar över från en annan enhet"),
        ):
            assert said(CITY, OLD, there, operation(share=share)).startswith(gone)
            assert said(HISINGEN, OLD, there, operation(share=share)).startswith(come)
    shown, hidden = operation(police_also={"border": 2}), operation(share=Sharing(participants=False))
    hidden = replace(shown, share=hidden.share)
    for party in (MILJO, SKATT, CITY, BORDER):
        assert said(party, OLD, OLD, hidden, shown) == said(party, OLD, OLD, shown, hidden) == ""


def test_a_place_to_meet_is_told_to_all_who_take_part_and_to_who_newly_does() -> None:
    there, moved = operation(meet=Meet("Torget", time(7, 30))), operation(meet=Meet("Polishuset"))
    for party in (COORDINATOR, MILJO, SKATT, CITY):
        assert said(party, OLD, OLD, operation(), there) == "samling 07:30 Torget"
        assert said(party, OLD, OLD, there, moved) == "samling Polishuset, inte längre 07:30 Torget"
        assert said(party, OLD, OLD, moved, operation()) == "ingen samlingsplats är längre angiven"
    assert said(HISINGEN, OLD, OLD, operation(), there) == ""
    there = operation(meet=Meet("Torget", time(7, 30)))
    assert said(SKATT, None, OLD, there) == f"ny, {WHEN}; samling 07:30 Torget"
    taken_over = said(HISINGEN, OLD, ELSEWHERE, there)
    assert taken_over == f"ni tar över från LPO City, {THEN} i stället för {WHEN}{TAKEN}; samling 07:30 Torget"


EDITS: dict[str, tuple[dict[str, Any], str, set[Party]]] = {
    "area": ({"area": "hisingen"}, "ligger nu i Hisingen, förut i Göteborg City", {COORDINATOR, MILJO, SKATT, CITY}),
    "sector": ({"sector": "vehicle"}, "branschen är nu vehicle, förut restaurang", {COORDINATOR, MILJO, SKATT, CITY}),
    "programme": ({"programme": "other"}, "programmet är nu other, förut AKC-väst", {COORDINATOR, MILJO, SKATT, CITY}),
    "title": ({"title": "Andra"}, "har fått en annan titel", {COORDINATOR}),
    "needed": ({"designated": "require"}, "insatspolis behövs nu", {COORDINATOR, CITY}),
    "wished": ({"designated": "prefer"}, "insatspolis önskas nu", {COORDINATOR, CITY}),
    "stops": ({"frame": Frame(stops=3)}, "rymmer nu 3 objekt, förut 0", {COORDINATOR}),
}


def test_what_is_edited_is_told_to_all_who_read_it_and_stands_beside_a_move() -> None:
    # Wherever it goes: what it is about is otherwise by an edit alone.
    for keys, sentence, readers in EDITS.values():
        before = operation()
        for party in (COORDINATOR, MILJO, SKATT, CITY, HISINGEN):
            expected = f"{sentence}{CHANGED}" if party in readers else ""
            assert said(party, OLD, OLD, before, replace(before, **keys)) == expected
            moved = said(party, OLD, NEW, before, replace(before, **keys)).partition("; ")[2]
            assert moved == expected
        # And what is told anew of the same replaces it.
        change = changed(COORDINATOR, OLD, NEW, before, replace(before, **keys))
        assert change is not None
        move, other = change.alone
        assert WORDS.say(other.sentence) == f"{sentence}{CHANGED}"
        assert move.about not in (other.about, *other.rests_on)


def test_several_dates_are_told_as_first_and_last_and_in_english_too() -> None:
    two = operation(days=2)
    hours, turn = "09:00–15:00", placement(day=date(2027, 3, 31))
    moved = f"flyttad från 2–3 mars 2027 {hours} till 18–19 mars 2027 {hours}{TAKEN}"
    assert said(MILJO, OLD, NEW, two) == moved
    assert said(MILJO, None, turn, two) == f"ny, 31 mars–1 april 2027 {hours}"
    assert (
        WORDS("{dates}", dates=FirstToLast(date(2027, 12, 31), date(2028, 1, 1))) == "31 december 2027–1 januari 2028"
    )
    change = changed(CITY, OLD, ELSEWHERE)
    assert change is not None
    assert Words("en").say(change.sentence) == (
        "LPO Hisingen takes over, Thursday 18 March 2027 09:00–15:00 instead of Tuesday 2 March 2027 09:00–15:00, "
        "because of a shooting"
    )


def test_another_name_is_no_change_and_what_is_cancelled_for_good_is_told() -> None:
    there = year(operation())
    renamed = replace(there, police={id: replace(unit, name="Polisen") for id, unit in there.police.items()})
    for party in (COORDINATOR, MILJO, CITY):
        assert party_change(FormerPlan(there, {"OP-001": OLD}), renamed, plan(renamed, [OLD]), party, "OP-001") is None
    change = party_change(FormerPlan(year(operation()), {"OP-001": OLD}), year(), plan(year(), []), SKATT, "OP-001")
    assert change is not None
    assert change.kinds == ("called-off",)
    there = year(operation())
    made = replace(replanned(there, OLD, None), causes={"OP-001": (ChangeCause("outcome", id="OP-001"),)})
    for party in (COORDINATOR, MILJO, CITY):
        change = party_change(FormerPlan(there, {"OP-001": OLD}), there, made, party, "OP-001")
        assert change is not None
        assert WORDS.say(change.sentence) == f"inställd, skulle ha varit {WHEN}"


def test_hours_that_are_others_are_changed_conditions_whether_or_not_an_operation_was_edited() -> None:
    was = year(operation(), operation("OP-002"))
    later = tuple(replace(shift, start=time(10)) if shift.id == OLD.slot.shift else shift for shift in was.shifts)
    edited = replace(was.operations["OP-002"], title="En annan")
    for operations in (was.operations, {**was.operations, "OP-002": edited}):
        now = replace(was, shifts=later, operations=operations)
        change = party_change(FormerPlan(was, {"OP-001": OLD}), now, replanned(now, OLD, OLD), MILJO, "OP-001")
        assert change is not None
        assert WORDS.say(change.sentence) == (
            f"flyttad från {WHEN} till tisdag 2 mars 2027 10:00–15:00, på grund av ändrade förutsättningar"
        )


HOURS = (time(18), time(23))
SAME_DAY_ELSEWHERE = placement(police="lpo-hisingen")


def with_hours(there: Scenario, hours: tuple[time, time]) -> Scenario:
    """The scenario with other hours of every shift."""
    return replace(there, shifts=tuple(replace(shift, start=hours[0], end=hours[1]) for shift in there.shifts))


@pytest.mark.parametrize(
    ("party", "sentence"),
    [
        (
            MILJO,
            f"flyttad från {WHEN} till tisdag 2 mars 2027 18:00–23:00{CHANGED}; "
            f"LPO Hisingen tar över från LPO City{TAKEN}",
        ),
        (
            CITY,
            f"LPO Hisingen tar över, tisdag 2 mars 2027 18:00–23:00 i stället för {WHEN}{SHOT}",
        ),
        (
            COORDINATOR,
            f"flyttad från {WHEN} till tisdag 2 mars 2027 18:00–23:00{CHANGED}; "
            f"LPO Hisingen tar över från LPO City{SHOT}",
        ),
        (SKATT, f"flyttad från {WHEN} till tisdag 2 mars 2027 18:00–23:00{CHANGED}"),
    ],
)
def test_hours_that_were_edited_are_not_told_with_the_cause_of_another_unit(party: Party, sentence: str) -> None:
    """Who does not see the unit is not told that police were withdrawn."""
    hidden = party == SKATT
    was = year(operation(share=Sharing(participants=not hidden)))
    former = FormerPlan(was, {OLD.operation: OLD})
    now = with_hours(was, HOURS)
    change = party_change(former, now, replanned(now, OLD, SAME_DAY_ELSEWHERE, SHOOTING), party, "OP-001")
    assert change is not None
    assert WORDS.say(change.sentence) == sentence
    assert change.cause is not None


@pytest.mark.parametrize("is_moved_first", [True, False])
@pytest.mark.parametrize(("party", "sees_unit"), [(MILJO, False), (COORDINATOR, True)])
def test_of_several_replans_those_alone_are_told_that_changed_what_the_reader_sees(
    party: Party, sees_unit: bool, is_moved_first: bool
) -> None:
    """One moved the operation as an agency wished, another gave it to another unit since police were withdrawn."""
    wish, taken = ChangeCause("asked", party="miljo"), ChangeCause("withdrawal", id="W-1")
    between = NEW if is_moved_first else SAME_DAY_ELSEWHERE
    first, second = (wish, taken) if is_moved_first else (taken, wish)
    there = year(operation(share=Sharing(participants=sees_unit)))
    made = replanned(there, between, ELSEWHERE, replace(SHOOTING, revision=2))
    made = replace(
        made,
        revision=3,
        base=Base(2, AS_OF, {OLD.operation: between}),
        causes={OLD.operation: (second,)},
        earlier=(ReplanRecord(2, AS_OF, frozenset(), (Move(OLD.operation, OLD, between),), {OLD.operation: (first,)}),),
    )
    change = party_change(FormerPlan(there, {OLD.operation: OLD}), there, made, party, "OP-001")
    assert change is not None
    said = WORDS.say(change.sentence)
    wished = ", på grund av ett önskemål om annat datum"
    assert said.startswith(f"flyttad från {WHEN} till {THEN}{wished}")
    assert said.endswith(f"LPO Hisingen tar över från LPO City{SHOT}" if sees_unit else wished)


def test_every_kind_of_change_says_what_it_is_about() -> None:
    unsaid = Message("it")
    about = {kind: ChangeClause(kind, unsaid).alone.about for kind in get_args(Kind)}
    assert [kind for kind in about if not about[kind]] == ["moved"], "a move is told beside a later one"
