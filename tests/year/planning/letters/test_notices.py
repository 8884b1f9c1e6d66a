"""What parties are told of a change: in a message and first in their feed, and no more than the feed shows."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given

from arshjul.errors import Message
from arshjul.year.agenda.cause import KINDS, cause
from arshjul.year.agenda.channel import Channel
from arshjul.year.agenda.feed_history import CANCELLED_DAYS, FeedHistory
from arshjul.year.agenda.feed_text import FeedText
from arshjul.year.agenda.party import COORDINATOR, Party, concerns, parties
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.revised import id_said, revised, with_notice
from arshjul.year.agenda.view import View, remembered, view
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.change import changes
from arshjul.year.domain.entries.amendment import Amendment, Edited, OtherDates, TeamsLost
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import FollowUp, Frame, Operation, Pin, Placement
from arshjul.year.domain.parties import NO_TEAMS, Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Base, Plan, Unplaced
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Programme, Scenario
from arshjul.year.domain.settings import Sharing
from arshjul.year.domain.visit_object import Filling
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.feeds.feeds_json import from_json, to_json
from arshjul.year.planning.letters.notices import Letter, Notices, Touched, first_letters, notices, withdrawal_sentence
from arshjul.year.planning.letters.party_mail import mail_of_first_plan, mail_of_questions
from arshjul.year.planning.letters.questions import ProposalQuestions
from arshjul.year.rules.soft.kept_close import KeptClose
from arshjul.year.texts import Words
from tests.builders import agency, operation, placement, plan, scenario
from tests.examples import examples
from tests.year.agenda.histories import UNITS, WORDS, Revision, histories

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a long counterexample

YEAR = Span(date(2027, 1, 1), date(2027, 12, 31))
CITY, HISINGEN = Party("police", "lpo-city"), Party("police", "lpo-hisingen")
MILJO, SKATT = Party("agency", "miljo"), Party("agency", "skatteverket")
OLD, NEW = placement(), placement(day=date(2027, 3, 18), police="lpo-hisingen")
SHOOTING = Withdrawal("W-1", datetime(2027, 2, 20), ("lpo-city",), YEAR.first, YEAR.last, cause="shooting")


def year(*operations: Operation) -> Scenario:
    """Agencies and units with teams and officers enough for these operations."""
    usual = scenario(operations)
    teams, officers = (TeamLine(Matching(), 9),), (OfficerLine(Matching(), 9),)
    return replace(
        usual,
        agencies={id: replace(agency, teams=teams) for id, agency in usual.agencies.items()},
        police={id: replace(unit, officers=officers) for id, unit in usual.police.items()},
    )


def replanned(
    there: Scenario, old: Placement, new: Placement | None, *withdrawals: Withdrawal, hit: bool = True
) -> tuple[Plan, Plan]:
    """A plan of one operation, and the replan that moves it."""
    before = plan(there, [old])
    base = Base(1, datetime(2027, 2, 20), before.placed, frozenset([old.operation] if hit else ()))
    after = plan(there, [] if new is None else [new], datetime(2027, 2, 20), 2)
    return before, replace(after, base=base, entries=Entries.of(withdrawals=withdrawals))


def asking(
    there: Scenario, old: Mapping[str, Placement], after: Plan, former: Scenario | None = None
) -> ProposalQuestions:
    """What a replan of those places asks."""
    return ProposalQuestions(FormerPlan(former or there, old), there, after, changes(old, after.placed))


def owned(there: Scenario, owner: str) -> Scenario:
    """The scenario whose programme that agency owns."""
    alone = replace(agency("akc-vast", "AKC-väst"), teams=NO_TEAMS)
    known = {"akc": Programme("akc", "AKC", owner)}
    return replace(there, agencies={**there.agencies, alone.id: alone}, programmes=known)


def test_who_owns_a_programme_is_told_and_asked_only_where_it_may_join() -> None:
    there = owned(year(operation()), "akc-vast")
    _, after = replanned(there, OLD, NEW)
    owner = Party("agency", "akc-vast")
    assert owner in {letter.to for letter in notices(there, there, {OLD.operation: OLD}, after).letters}
    asked = asking(there, {OLD.operation: OLD}, after)
    assert {letter.to for letter in asked.letters()} == {MILJO, SKATT, HISINGEN}
    assert owner.id not in {place.about.party for place in asked.asked()}
    there = owned(year(operation(optional_agencies={"arbetsmiljoverket": 1})), "arbetsmiljoverket")
    joining = replace(NEW, optional_agencies=("arbetsmiljoverket",))
    _, after = replanned(there, OLD, joining)
    (joined,) = (
        place for place in asking(there, {OLD.operation: OLD}, after).asked() if place.about.party[:6] == "arbets"
    )
    assert joined.share.role == "owns"
    assert WORDS.say(joined.text).endswith("Ni äger programmet och kommer med ett lag.")


def test_a_letter_says_whose_the_programmes_are_and_a_first_one_which_dates_are_the_owner_s_own() -> None:
    there = owned(year(operation(), operation("OP-002", programme="gvi")), "akc-vast")
    made = plan(there, [OLD, replace(OLD, operation="OP-002", slot=NEW.slot)])
    mails = {letter.to: mail_of_first_plan(there, letter, WORDS).text() for letter in first_letters(there, made)}
    assert "Program: AKC, av AKC-väst; gvi." in mails[MILJO]
    assert mails[Party("agency", "akc-vast")].count("ert program") == 1
    assert "Program: AKC, av AKC-väst." in mails[Party("agency", "akc-vast")]
    unowned = replace(there, programmes={})
    assert "Program:" not in mail_of_first_plan(unowned, first_letters(unowned, made)[0], WORDS).text()


def letters(found: Notices) -> Mapping[Party, str]:
    return {letter.to: " ".join(WORDS.say(line) for line in letter.lines) for letter in found.letters}


def feeds(there: Scenario, before: Plan, after: Plan) -> Mapping[Party, View]:
    history = remembered(
        FeedHistory(),
        [view(before, there, Channel(party, "full", "all"), FeedHistory(), WORDS) for party in parties(there)],
    )
    assert from_json(to_json(history)) == history
    history = replace(history, plan=FormerPlan(there, before.placed))
    return {party: view(after, there, Channel(party, "full", "all"), history, WORDS) for party in parties(there)}


def first_line(seen: View, operation: str = "OP-001") -> str:
    (event,) = (entry.event for entry in seen.entries if entry.event.uid.startswith(f"{operation}@"))
    return event.description.partition("\n")[0]


def test_who_has_no_part_any_more_reads_the_area_and_the_sector_that_it_knew() -> None:
    there, edited = year(operation()), year(operation(area="hisingen", sector="retail", agencies={"miljo": 1}))
    before, after = replanned(there, OLD, NEW)
    said = letters(notices(edited, there, before.placed, after))
    assert said[CITY].startswith("OP-001 (Restaurang, Göteborg City): ")
    assert said[SKATT].startswith("OP-001 (Restaurang, Göteborg City): ")
    for there_still in (MILJO, HISINGEN):
        assert said[there_still].startswith("OP-001 (retail, Hisingen): ")


def test_each_party_reads_what_its_feed_shows_with_the_cause_where_it_may_know_it() -> None:
    there = year(operation())
    before, after = replanned(there, OLD, NEW, SHOOTING)
    found = notices(there, there, before.placed, after)
    said, seen = letters(found), feeds(there, before, after)
    assert WORDS.say(found.sentences[0]) == (
        "OP-001 (Restaurang, Göteborg City): flyttad från tisdag 2 mars 2027 09:00–15:00 till torsdag 18 mars 2027 "
        "09:00–15:00; LPO Hisingen tar över från LPO City, på grund av en skjutning (10 dagars varsel)."
    )
    assert said == {
        MILJO: "OP-001 (Restaurang, Göteborg City): flyttad från tisdag 2 mars 2027 09:00–15:00 till torsdag 18 mars "
        "2027 09:00–15:00; LPO Hisingen tar över från LPO City, på grund av att poliser drogs tillbaka "
        "(10 dagars varsel).",
        SKATT: said[MILJO],
        CITY: "OP-001 (Restaurang, Göteborg City): LPO Hisingen tar över, torsdag 18 mars 2027 09:00–15:00 i stället "
        "för tisdag 2 mars 2027 09:00–15:00, på grund av en skjutning (10 dagars varsel).",
        HISINGEN: "OP-001 (Restaurang, Göteborg City): ni tar över från LPO City, torsdag 18 mars 2027 09:00–15:00 i "
        "stället för tisdag 2 mars 2027 09:00–15:00, på grund av att poliser drogs tillbaka (26 dagars varsel).",
    }
    was, is_now = "tisdag 2 mars 2027 09:00–15:00", "torsdag 18 mars 2027 09:00–15:00"
    moved, taken = f"Flyttad från {was} till {is_now}", "på grund av att poliser drogs tillbaka."
    assert first_line(seen[COORDINATOR]) == f"{moved}; LPO Hisingen tar över från LPO City, på grund av en skjutning."
    assert (
        first_line(seen[MILJO]) == first_line(seen[SKATT]) == f"{moved}; LPO Hisingen tar över från LPO City, {taken}"
    )
    assert first_line(seen[CITY]) == f"LPO Hisingen tar över, {is_now} i stället för {was}, på grund av en skjutning."
    assert first_line(seen[HISINGEN]) == f"Ni tar över från LPO City, {taken}"
    for held in ("planning-meeting", "information-sheet"):
        assert first_line(seen[MILJO], f"OP-001.{held}").startswith("Milstolpe för OP-001, tisdag 2 mars 2027")


def test_every_change_has_its_cause() -> None:
    plain, day = year(operation()), Span(OLD.slot.day, OLD.slot.day)
    tied = year(operation("OP-000"), operation(after=FollowUp("OP-000", 1)))
    _, moved = replanned(plain, OLD, NEW, hit=False)
    _, hit = replanned(plain, OLD, NEW)
    tie = replace(moved, base=replace(moved.base, placements={"OP-001": OLD, "OP-000": placement("OP-000")}))  # type: ignore[type-var]
    lost = entered(plain, hit, TeamsLost("miljo", day, teams_left=0, revision=2))
    kept = replace(lost[0], share=Sharing(participants=False)), lost[1]
    edited = Edited(changed={"OP-001": ("fixed",)}, revision=2)
    pin = year(operation(fixed=Pin(NEW.slot)))
    dropped = replace(moved, placements=(), unplaced=(Unplaced("OP-001"),))
    cases: list[tuple[Scenario, Plan, Party, str]] = [
        (*lost, COORDINATOR, "för få lag hos Miljöförvaltningen"),
        (*lost, SKATT, "för få lag hos Miljöförvaltningen"),
        (*lost, CITY, "för få lag hos Miljöförvaltningen"),
        (*kept, CITY, "för få lag hos en myndighet"),
        (*kept, SKATT, "för få lag hos en myndighet"),
        (*kept, MILJO, "för få lag hos er"),
        (*entered(plain, hit, OtherDates("OP-001", "miljo", (day,), revision=2)), SKATT, "ett önskemål om annat datum"),
        (*entered(pin, hit, edited), SKATT, "samordnarens beslut"),
        (tied, tie, SKATT, "en annan insats som den hör ihop med"),
        (plain, moved, SKATT, "att andra insatser behövde platsen"),
        (plain, dropped, SKATT, "att andra insatser behövde platsen"),
        (year(), replace(moved, placements=(), unplaced=()), CITY, "samordnarens beslut"),
        (plain, replace(moved, base=None), SKATT, "en ny planering"),
    ]
    for there, after, reader, expected in cases:
        why = cause(there, after, OLD, reader)
        assert why is not None
        assert WORDS.say(why) == expected


def entered(there: Scenario, after: Plan, change: Amendment) -> tuple[Scenario, Plan]:
    """The scenario with the change made, and the replan that answers it."""
    return change.on(there), replace(after, entries=Entries.of(changes=(change,)))


def test_an_agency_that_cannot_join_is_told_so_and_not_where_the_operation_goes() -> None:
    there = year(operation(optional_agencies={"arbetsmiljoverket": 1}))
    old = replace(OLD, optional_agencies=("arbetsmiljoverket",))
    before, after = replanned(there, old, NEW, SHOOTING)
    line = letters(notices(there, there, before.placed, after))[Party("agency", "arbetsmiljoverket")]
    assert line == (
        "OP-001 (Restaurang, Göteborg City): ni deltar inte längre tisdag 2 mars 2027 09:00–15:00, på grund av att "
        "andra insatser behövde lagen; den har flyttats och genomförs utan er (10 dagars varsel)."
    )
    _, after = replanned(there, old, OLD, hit=False)
    found = notices(there, there, before.placed, after)
    assert WORDS.say(found.sentences[0]) == (
        "OP-001 (Restaurang, Göteborg City), tisdag 2 mars 2027 09:00–15:00: nu utan Arbetsmiljöverket, på grund av "
        "att andra insatser behövde lagen (10 dagars varsel)."
    )
    assert found.tell == dict.fromkeys(("miljo", "skatteverket", "arbetsmiljoverket", "lpo-city"), ("OP-001",))
    assert found.lost == {"OP-001": ("arbetsmiljoverket",)}


def test_whoever_is_voluntary_is_asked_as_such_and_the_others_are_not() -> None:
    there = year(operation(optional_agencies={"arbetsmiljoverket": 1}))
    new = replace(NEW, optional_agencies=("arbetsmiljoverket",))
    _, after = replanned(there, OLD, new)
    asked = {letter.to.id: WORDS.say(letter.lines[0]) for letter in asking(there, {"OP-001": OLD}, after).letters()}
    assert asked["arbetsmiljoverket"].endswith("? Ni är frivilliga, med ett lag: insatsen genomförs även utan er.")
    assert asked["miljo"].endswith("? Det beror på att andra insatser behövde platsen. Ni leder den, med ett lag.")


def test_an_agency_that_becomes_needed_is_told_so_and_by_nobody_that_it_cannot_come() -> None:
    former = year(operation(optional_agencies={"arbetsmiljoverket": 1}))
    there = year(operation(agencies={"miljo": 1, "skatteverket": 2, "arbetsmiljoverket": 1}))
    old = replace(OLD, optional_agencies=("arbetsmiljoverket",))
    _, after = replanned(former, old, OLD, hit=False)
    found = notices(there, former, {"OP-001": old}, after)
    assert found.tell == {"arbetsmiljoverket": ("OP-001",)}
    assert letters(found) == {
        Party("agency", "arbetsmiljoverket"): "OP-001 (Restaurang, Göteborg City), tisdag 2 mars 2027 09:00–15:00: "
        "ni behövs nu, på grund av ändrade förutsättningar (10 dagars varsel)."
    }
    assert not found.sentences, "the coordinator's calendar says the same as before"
    assert not found.lost
    page = revised(there, after, found.tell)
    assert page is not None
    assert [(changed.id, changed.lost) for changed in page.changed] == [("OP-001", ())]
    assert [(party_changes.name, party_changes.operations) for party_changes in page.told] == [
        ("Arbetsmiljöverket", ("OP-001",))
    ]


def shown(there: Scenario, party: Party, placed: Placement | None) -> object:
    """What a calendar shows of an operation: its title, place, description and times; None where it is not in it.

    Who owns the programme is left out, but for its own role: of another owner nobody else is told.
    """
    if placed is None or placed.operation not in there.operations or not concerns(there, party, placed):
        return None
    wording = FeedText(there, WORDS, Channel(party, "full", "operations"), plan(there, [placed]))
    text = wording.operation(placed)
    text = text._replace(description=re.sub("(?m)^(Program: .*), av .*$", r"\1", text.description))
    return text, [there.moments(slot) for slot in there.slots(placed)]


@examples(8, 150)
@given(histories())
def test_whoever_reads_something_else_in_its_calendar_is_told_everywhere_and_nobody_else_is(
    history: list[Revision],
) -> None:
    """Another word for a sector is no change of an operation, so both plans are read with the later words."""
    for earlier, later in pairwise(history):
        there, former = later.scenario, dict(earlier.plan.placed)
        before = replace(earlier.scenario, names=there.names)
        after = replace(later.plan, base=Base(earlier.plan.revision, later.plan.as_of, former), entries=Entries())
        found = notices(there, earlier.scenario, former, after)
        said, page = letters(found), revised(there, after, found.tell)
        assert page is not None
        by_name = {party_changes.name: party_changes.operations for party_changes in page.told}
        for party in parties(there):
            changed = tuple(
                id
                for id in sorted(former.keys() | after.placed.keys())
                if shown(before, party, former.get(id)) != shown(there, party, after.placed.get(id))
            )
            if party == COORDINATOR:
                assert {*re.findall(r"(?<!-)OP-\d", " ".join(map(WORDS.say, found.sentences)))} == {*changed}
                continue
            assert found.tell.get(party.id, ()) == changed, party
            assert by_name.get(there.parties[party.id].name, ()) == changed
            named = set(re.findall(r"(?<!-)OP-\d", said.get(party, "")))
            assert named == {*changed}
            for id in named:
                places = ((earlier.scenario, former.get(id)), (there, after.placed.get(id)))
                assert any(place and concerns(year, party, place) for year, place in places), (party, id)


def test_an_agency_and_a_unit_of_one_id_read_each_their_own() -> None:
    there = year(operation())
    police = {**there.police, "miljo": replace(there.police["lpo-city"], id="miljo", name="LPO Miljö")}
    there = replace(there, police=police)
    before, after = replanned(there, OLD, NEW, SHOOTING)
    said = letters(notices(there, there, before.placed, after))
    assert MILJO in said
    assert Party("police", "miljo") not in said


@examples(6, 100)
@given(histories())
def test_no_message_has_a_word_that_its_readers_feed_has_not(history: list[Revision]) -> None:
    withdrawals = [
        replace(SHOOTING, id=f"WITHDRAWAL-{unit}", police=(unit,), cause=kind)
        for unit, kind in zip(UNITS, ("shooting", "CAUSE"), strict=True)
    ]
    for earlier, later in pairwise(history):
        # What is past for longer than that, no feed tells of any more, and no replan changes.
        told_from = later.plan.as_of.date() - timedelta(days=CANCELLED_DAYS)
        there = later.scenario
        former = {id: old for id, old in earlier.plan.placed.items() if old.slot.day >= told_from}
        base = Base(earlier.plan.revision, later.plan.as_of, former, frozenset(former))
        after = replace(later.plan, base=base, entries=Entries.of(withdrawals=tuple(withdrawals)))
        found = notices(there, earlier.scenario, former, after)
        told, asked = (
            letters(found),
            letters(replace(found, letters=asking(there, former, after, earlier.scenario).letters())),
        )
        for party, text in (*told.items(), *asked.items()):
            now = view(after, there, Channel(party, "full", "all"), earlier.after, WORDS)
            shown = " ".join(
                f"{seen.calendar_name} {entry.event.summary}\n{entry.event.description}"
                for seen in (earlier.seen[Channel(party, "full", "all")], now)
                for entry in seen.entries
            )
            own = {"lpo-city": "en skjutning", "lpo-hisingen": "CAUSE"}
            assert not [kind for unit, kind in own.items() if kind in shown and party.id != unit]
            for word in _planted(there):
                assert word not in text or word in shown, (party, word, text)
            assert set(re.findall(r"[A-Z]+-OP-\d", text)) <= set(re.findall(r"[A-Z]+-OP-\d", shown))
            assert set(re.findall(r"(?<!-)OP-\d", text)) <= set(re.findall(r"(?<!-)OP-\d", shown))


def _planted(there: Scenario) -> list[str]:
    """Every name in the scenario, and what stands for a cause."""
    names = [text for unit in there.police.values() for text in (unit.name, unit.contact)]
    names += [text for agency in there.agencies.values() for text in (agency.name, agency.contact)]
    names += [area.name for area in there.areas.values()]
    kinds = [WORDS.say(kind) for kind in KINDS.values()]
    shifts = [shift.name for shift in there.shifts]
    return [word for word in (*names, *kinds, *shifts, "SITE", "TITLE", "CAUSE", "WITHDRAWAL") if word]


def test_withdrawals_notices_and_ids_are_named_once_and_in_their_own_words() -> None:
    there = year(operation())
    noticed = with_notice(plan(there, ()), plan(there, ()).as_of.date(), Message("x"))
    assert WORDS.say(noticed) == "x (meddelat samma dag)."
    one_day = replace(SHOOTING, last=SHOOTING.first)
    said = WORDS.say(withdrawal_sentence(year(operation()), one_day))
    assert said.count(WORDS.day(one_day.first)) == 1
    said = WORDS.say(withdrawal_sentence(year(operation()), replace(SHOOTING, cause="")))
    assert said.count("W-1") == 1
    there = year(operation("12.3"), operation())
    assert WORDS.say(id_said(there, "12.3")) == "12.3 (Restaurang, Göteborg City)"
    assert WORDS.say(id_said(there, "OP-001")) == "OP-001"
    assert WORDS.say(id_said(there, "7")) == "7", "the scenario no longer has it"
    there = year(operation())
    for written, said in (("Särskild händelse", "”Särskild händelse”"), ("slask", "slask")):
        _, after = replanned(there, OLD, NEW, replace(SHOOTING, cause=written))
        why = cause(there, after, OLD, COORDINATOR)
        assert why is not None
        assert WORDS.say(why) == said
    there = year(operation())
    for new, said in ((replace(OLD, police="lpo-hisingen"), "har en annan enhet"), (NEW, "har flyttats från tisdag")):
        _, after = replanned(there, OLD, new)
        (price,) = KeptClose().prices(context_of(there, after), after)
        assert said in WORDS.say(price.text)


def test_a_year_of_another_name_tells_once_what_was_bound() -> None:
    year = scenario([operation(frame=Frame())])
    bound = {"OP-001": ("O-1",)}
    filling = Filling(bound, revision=2, levels=(Level("musts", 0, 0),))
    made = plan(year, [placement()], revision=2)
    made = replace(made, bindings=bound, entries=made.entries.with_lists(fillings=(filling,)))
    told = notices(year, replace(year, name="Ett annat år"), made.placed, made).sentences
    assert [Words("en").say(message) for message in told].count("Bound to OP-001: O-1.") == 1


@pytest.mark.parametrize(("year", "said"), [(2027, "20 januari"), (2028, "20 januari 2028")])
def test_a_question_about_a_later_year_names_it(year: int, said: str) -> None:
    there = replace(scenario(), span=Span(date(2027, 1, 1), date(2028, 12, 31)))
    start = datetime(year, 1, 20, 9, tzinfo=there.zone)
    letter = Letter(COORDINATOR, "Miljö", "", (Message("x"),), (Touched("OP-001", (start,)),))
    mail = mail_of_questions(there, letter, datetime(2026, 12, 10, 12, tzinfo=there.zone), WORDS)
    assert f"kan ni den {said}? Svara senast 10 december" in mail.subject
