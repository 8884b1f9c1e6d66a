"""Offers of parties to calls: who has answered, what each would change, and taking one over into the year."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from arshjul.errors import InputError, Message, Problem, Refused
from arshjul.office.draft.compare_scenario import ScenarioDifference, compare, mark_of, take_over_in
from arshjul.office.draft.draft import GONE, AlreadyDone, Draft
from arshjul.office.draft.edit_operation import edit_year
from arshjul.office.draft.stored_draft import seen_draft
from arshjul.office.store import contacts, party_entries
from arshjul.office.store.events import CallEdited, CallRemoved, OfferTakenOver
from arshjul.office.store.party_entries import PartyEntry
from arshjul.office.store.store import Store, Transaction
from arshjul.year.agenda.party import Party, parties, party_named
from arshjul.year.domain.contact import OfferCall
from arshjul.year.domain.entries.amended import amended, with_teams_of
from arshjul.year.domain.entries.amendment import TeamsLost
from arshjul.year.domain.feature import OF_OFFERS
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.sent_offer import SentOffer, taken_offers, with_offer
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.schema.party_entry import NOTE, OFFERS, offer_of, read_body
from arshjul.year.formats.tree import FormDocument
from arshjul.year.planning.check.likely_mistakes import late_call
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.texts import Words

AnswerState = Literal["not-opened", "opened", "sent", "nothing", "late"]

STATES: Mapping[AnswerState, Message] = {
    "not-opened": Message("has not opened its page"),
    "opened": Message("has opened its page, and not answered"),
    "sent": Message("has answered"),
    "nothing": Message("has nothing to offer"),
    "late": Message("has answered late"),
}


@dataclass(frozen=True, slots=True)
class PartyAnswer:
    """A party's answer to a call. `waits`: its offer is new, and not taken over. `is_wish`: it came too late."""

    party: Agency | PoliceUnit
    state: AnswerState
    has_contact: bool
    entry: PartyEntry | None = None
    offer: SentOffer | None = None
    note: str = ""
    is_wish: bool = False
    is_taken: bool = False

    @property
    def waits(self) -> bool:
        return self.entry is not None and not self.is_taken


@dataclass(frozen=True, slots=True)
class CallAnswers:
    call: OfferCall
    answers: tuple[PartyAnswer, ...]

    @property
    def n_answered(self) -> int:
        return sum(answer.entry is not None for answer in self.answers)

    @property
    def n_waiting(self) -> int:
        return sum(answer.waits for answer in self.answers)


def call_answers(store: Store, draft: Draft) -> list[CallAnswers]:
    """The calls of the year as it is edited, the latest first, with all answers."""
    with store.reading() as db:
        return answers_in(db, draft.present)


def answers_in(db: Transaction, scenario: Scenario) -> list[CallAnswers]:
    said = _last_offers(db)
    may_offer = [
        contact for contact in contacts.CONTACTS.all(db) if "offer" in contact.may and contact.ended_at is None
    ]
    reached = {contact.party for contact in may_offer}
    opened = {contact.party for contact in may_offer if contact.came_in_at is not None}
    asked, taken = [party for party in parties(scenario) if party.id], taken_offers(scenario)

    def answer(call: OfferCall, party: Party) -> PartyAnswer:
        known, name = scenario.parties[party.id], str(party)
        if (entry := said.get((name, call.id))) is None:
            return PartyAnswer(known, "opened" if name in opened else "not-opened", name in reached)
        body = read_body(entry.body)
        offer, day = offer_of(entry.kind, body), _day(scenario, entry)
        state: AnswerState = "nothing" if offer.nothing else "late" if day > call.due else "sent"
        is_wish = day > call.taken_until
        note, is_taken = str(body.get(NOTE, "")), entry.id in taken
        return PartyAnswer(known, state, name in reached, entry, offer, note, is_wish, is_taken)

    calls = sorted(scenario.calls, key=lambda one: (one.due, one.id), reverse=True)
    return [
        CallAnswers(call, tuple(answer(call, one) for one in asked if call.asks(scenario.parties[one.id])))
        for call in calls
    ]


def uncalled(store: Store, draft: Draft) -> list[tuple[str, str]]:
    """The call and the party's name of offers to a call that is gone, or asks the party no more: it may come back."""
    known, asking = draft.present.parties, {call.id: call for call in draft.present.calls}
    taken = taken_offers(draft.present)
    with store.reading() as db:
        said = {(party_named(party).id, call): one for (party, call), one in _last_offers(db).items()}
    return [
        (call, known[id].name)
        for (id, call), one in sorted(said.items())
        if one.id not in taken and id in known and not (call in asking and asking[call].asks(known[id]))
    ]


def n_offers(store: Store, draft: Draft) -> int:
    """The number of offers that wait; none where offers are not used."""
    if not draft.present.calls or OF_OFFERS not in draft.present.uses:
        return 0
    return sum(answer.n_waiting for answer in call_answers(store, draft))


def _day(scenario: Scenario, entry: PartyEntry) -> date:
    return min(entry.reported, entry.received).astimezone(scenario.zone).date()


def _last_offers(db: Transaction) -> dict[tuple[str, str], PartyEntry]:
    """By party and call, the offer that no later one replaces; what was put aside or refused is none."""
    return _latest(entry for entry in party_entries.of_kinds(db, OFFERS) if entry.state not in ("aside", "refused"))


def became_of_offers(db: Transaction, taken: Collection[str]) -> dict[str, str]:
    """By id, what became of the offers that were taken over, or that a later one replaces."""
    offers = [entry for entry in party_entries.of_kinds(db, OFFERS) if entry.state not in ("aside", "refused")]
    in_year = [offer for offer in offers if offer.id in taken]
    counting = {entry.id for entry in _latest(in_year).values()}
    last = {entry.id for entry in _latest(offers).values()}
    found = {offer.id: "superseded" for offer in offers if offer.id not in last}
    return found | {entry.id: "taken-over" if entry.id in counting else "superseded" for entry in in_year}


def _latest(given: Iterable[PartyEntry]) -> dict[tuple[str, str], PartyEntry]:
    entries = list(given)
    corrected = {(entry.contact, entry.corrects) for entry in entries}
    found = {}
    for entry in sorted(entries, key=lambda one: (min(one.reported, one.received), one.id)):
        if (entry.contact, entry.id) not in corrected:
            found[entry.party, str(read_body(entry.body)["call"])] = entry
    return found


@dataclass(frozen=True, slots=True)
class OfferDifference:
    """The changes by taking an offer over. `mark`: of the scenario that it makes."""

    scenario: Scenario
    difference: ScenarioDifference
    mark: str


def offer_difference(
    draft: Draft, call: OfferCall, answer: PartyAnswer, now: datetime, words: Words
) -> OfferDifference:
    """The difference to the year as it is edited. InputError if the offer cannot be part of it."""
    made = _with_offer(draft, call, answer)
    return OfferDifference(made, compare(draft, made, draft.begun(now), words), mark_of(made))


def _with_offer(draft: Draft, call: OfferCall, answer: PartyAnswer) -> Scenario:
    """The year with the offer in place of what the party offered before; teams that have fallen away stay away."""
    given, changes = draft.as_given, () if draft.plan is None else draft.plan.entries.decided()
    party, offer = answer.party, answer.offer
    if offer is None or answer.entry is None:
        raise AlreadyDone(GONE)
    offered = with_offer(with_teams_of(given, draft.present), party.id, offer, call.span, answer.entry.id)
    made = amended(offered, (change for change in changes if isinstance(change, TeamsLost)))
    scenario_of(FormDocument.of(scenario_mapping(made)), is_json=True)
    return made


def hit_by(draft: Draft, made: Scenario, now: datetime) -> tuple[str, ...]:
    """None before the first plan. Refused or InputError as of a replan at that moment."""
    if draft.plan is None:
        return ()
    plan, (entries, _) = draft.plan, draft.usable(now)
    moment = max(draft.moment(now), plan.as_of)

    def hit(given: Scenario | None) -> frozenset[str]:
        return replan_input(draft.scenario, plan, entries, moment, given, checked=True).context.hit

    return tuple(sorted(hit(made) - hit(draft.given)))


def take_offer(store: Store, entry: str, mark: str, actor: str, now: datetime, seen: str) -> None:
    """As its difference was shown. Refused if that, or the offer, is another by now; StaleDraft."""
    with store.writing() as db:
        draft = seen_draft(db, seen)
        call, answer = _waiting(answers_in(db, draft.present), entry)
        given = _with_offer(draft, call, answer)
        if mark != mark_of(given):
            raise Refused(Message("The page has changed, and nothing was saved. Check it and send again."))
        party = "" if answer.entry is None else answer.entry.party
        take_over_in(db, draft, given, actor, now, event=OfferTakenOver(party, entry))


def _waiting(found: list[CallAnswers], entry: str) -> tuple[OfferCall, PartyAnswer]:
    for answers in found:
        for answer in answers.answers:
            if answer.entry is not None and answer.entry.id == entry and answer.waits:
                return answers.call, answer
    raise AlreadyDone(GONE)


def edit_call(
    store: Store, item: Mapping[str, object], actor: str, now: datetime, seen: str, *, is_sure: bool = True
) -> None:
    """Adds a call, or changes the one of that id. InputError with all that is wrong, or unless `is_sure` unusual."""

    def edited(draft: Draft) -> Scenario:
        written = scenario_mapping(draft.present)
        calls = [one for one in _written_calls(written) if one.get("id") != item.get("id")]
        made = scenario_of(FormDocument.of({**written, "calls": [*calls, dict(item)]}), is_json=True)
        call = made.calls[-1]
        passed = Message("{due} has passed: nobody can answer in time. Is the date right?", {"due": call.due})
        text = passed if call.due < draft.moment(now).date() else late_call(call)
        if text is not None and not is_sure:
            raise InputError(Message("Is it meant so?"), [Problem("idle", text, path="calls[0].due")])
        return made

    edit_year(store, edited, CallEdited(str(item.get("id", ""))), actor, now, seen)


def remove_call(store: Store, id: str, actor: str, now: datetime, seen: str) -> None:
    """Removes a call: nobody is asked by it any more. What was sent to it is kept."""

    def edited(draft: Draft) -> Scenario:
        if all(call.id != id for call in draft.present.calls):
            raise AlreadyDone(GONE)
        return replace(draft.present, calls=tuple(call for call in draft.present.calls if call.id != id))

    edit_year(store, edited, CallRemoved(id), actor, now, seen)


def _written_calls(written: Mapping[str, object]) -> list[dict[str, object]]:
    there = written.get("calls", [])
    return there if isinstance(there, list) else []


def call_of(draft: Draft, id: str) -> OfferCall:
    offer_call = next((call for call in draft.present.calls if call.id == id), None)
    if offer_call is None:
        raise InputError(GONE)
    return offer_call
