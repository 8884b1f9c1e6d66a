"""propose: asks all parties to an option, or to lend at a time; they answer at an address of their own."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from arshjul.actions.draft.answers import ANSWER_DAYS, pair_of, questions
from arshjul.actions.draft.draft import ANSWERS, Draft, StaleDraft, asked_draft, keep, opened_draft
from arshjul.actions.draft.options import FoundOption, option_of
from arshjul.actions.publishing.contacts import asked_contact, asked_contacts, mailbox, parties_at_portal
from arshjul.agenda.when import when_said
from arshjul.domain.calendar import Slot
from arshjul.domain.entries.answer import MOST_INSTEAD, OPEN
from arshjul.domain.party_mail import PartyMail
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.catalogues import words
from arshjul.formats.plan.answers import answer_mapping
from arshjul.formats.words import local_time
from arshjul.planning.letters.notices import Letter
from arshjul.planning.letters.party_mail import mail_of_questions
from arshjul.planning.replan.proposal import Proposal
from arshjul.store import audit, drafts, jobs, outbox, proposals
from arshjul.store.events import ProposalMade, QuestionWritten, SlotsOffered
from arshjul.store.outbox import OutboxMessage
from arshjul.store.proposals import StoredProposal
from arshjul.store.store import Store, Transaction
from arshjul.texts import Words

CLOSING = time(16)
"""The time of day until which an answer is asked for: while somebody is there to be called."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A party's question, ready to send: to its mail `address`, or by telephone if it has none."""

    letter: Letter
    address: str

    def mail(self, scenario: Scenario, deadline: datetime, words: Words) -> PartyMail:
        return mail_of_questions(scenario, self.letter, deadline, words)


def inquiries(draft: Draft, proposal: Proposal) -> list[Inquiry]:
    """The letters of a proposal: to each party the questions that it has not answered yet."""
    known, letters = _known(draft, proposal), []
    pairs = proposal.asking.asked()
    for letter in proposal.asking.letters():
        own = [one for one in pairs if one.about.party == letter.to.id]
        still = [one for one in own if known.get(pair_of(one.about), "asked") in OPEN]
        if still:
            lines, touched = tuple(one.said for one in still), tuple(one.touched for one in still)
            address = mailbox(draft.contacts, letter.to.id)
            letters.append(Inquiry(replace(letter, lines=lines, touched=touched), address))
    return letters


def _known(draft: Draft, proposal: Proposal) -> dict[tuple[str, str], str]:
    """The last answers, by operation and party, to the proposal's questions on the same terms."""
    there = questions(replace(draft, proposal=proposal))
    return {pair_of(one.about): one.answer for one in there if one.actor}


def inquiries_of(store: Store, draft: Draft, number: int, option: FoundOption) -> list[Inquiry]:
    """The questions to parties if that option were proposed. StaleDraft if its job was begun for another draft."""
    with store.reading() as db:
        job = jobs.JOBS.get(db, number)
    if job is None or job.version != draft.version:
        raise StaleDraft
    return inquiries(draft, Proposal(draft.scenario, draft.made_plan, option.scenario, option.plan))


@dataclass(frozen=True, slots=True)
class ReachedParties:
    """`at_an_address`: those with one to answer at, here or at the portal; `by_mail`: with a contact's own mailbox."""

    at_an_address: Collection[str]
    by_mail: Collection[str]
    mails: Mapping[str, OutboxMessage]


def reached_parties(store: Store, now: datetime) -> ReachedParties:
    with store.reading() as db:
        mails = {one.party: one for one in outbox.waiting(db) if one.asks}
        by_mail = {party for party, one in asked_contacts(db, now).items() if one.email}
        return ReachedParties(proposals.open_parties(db, now) | parties_at_portal(db, now), by_mail, mails)


def last_moment(asked: datetime, scenario: Scenario) -> datetime:
    """The last afternoon of work while an address is valid; without any, as at Christmas, as long as it is valid."""
    expires = asked + timedelta(days=ANSWER_DAYS)
    for back in range(ANSWER_DAYS):
        day = expires.astimezone(scenario.zone).date() - timedelta(days=back)
        moment = datetime.combine(day, CLOSING, scenario.zone)
        if asked < moment <= expires and scenario.calendar.is_office_day(day):
            return moment.astimezone(asked.tzinfo)
    return expires


def propose(store: Store, number: int, option: str, actor: str, now: datetime, seen: str) -> None:
    """Asks all parties to a job's option, with a question in the outbox for each address. Raises as `option_of`."""
    with store.writing() as db:
        draft, proposed = option_of(db, number, option, seen)
        deadline = last_moment(draft.moment(now), draft.scenario)
        proposals.write(db, StoredProposal(option, proposed.scenario, proposed.plan, deadline))
        made = opened_draft(db)
        if made.proposal is None:
            raise StaleDraft
        known, reported = _known(draft, made.proposal), local_time(made.moment(now))
        bodies = [
            {**answer_mapping(one.about), "reported": reported}
            for one in made.proposal.asking.asked()
            if pair_of(one.about) not in known
        ]
        drafts.add_entries(db, ((ANSWERS, json.dumps(body, ensure_ascii=False)) for body in bodies), actor, now)
        audit.add(db, now, actor, ProposalMade(option))
        for one in inquiries(draft, made.proposal):
            _put_question(db, one, made.scenario, deadline, actor, now)
        keep(db, made, made, now)


def _put_question(
    db: Transaction, one: Inquiry, scenario: Scenario, deadline: datetime, actor: str, now: datetime
) -> None:
    """Puts the question to the party's contact that answers at the portal; or else to its mailbox, if it has one."""
    contact = asked_contact(db, str(one.letter.to), now)
    address = one.address if contact is None else contact.email or one.address
    if address:
        say, id = words(scenario.language), "" if contact is None else contact.id
        mail = mail_of_questions(scenario, one.letter, deadline, say, at_portal=contact is not None)
        outbox.put(db, OutboxMessage(0, one.letter.to.id, address, mail, True, actor, now, contact=id))


def ask_again(store: Store, party: str, actor: str, now: datetime) -> None:
    """Unless a question waits there. InputError if the party is asked nothing, or has no address."""
    with store.writing() as db:
        draft = opened_draft(db)
        letters = () if draft.proposal is None else draft.proposal.asking.letters()
        letter, address = next((one for one in letters if one.to.id == party), None), mailbox(draft.contacts, party)
        asked = asked_contacts(db, now).get(party)
        if letter is None or draft.deadline is None or not (address or (asked is not None and asked.email)):
            raise InputError(Message("There is no such page."))
        if not any(one.asks and one.party == party for one in outbox.waiting(db)):
            _put_question(db, Inquiry(letter, address), draft.scenario, draft.deadline, actor, now)
            audit.add(db, now, actor, QuestionWritten(party))


def offer_slots(
    store: Store, operation: str, slots: Sequence[Slot], seen: Collection[Slot], actor: str, now: datetime
) -> None:
    """Replaces the slots that are offered, which were `seen`. Refused if somebody else has changed them since."""
    with store.writing() as db:
        draft = asked_draft(db)
        place = None if draft.proposal is None else draft.proposal.plan.placed.get(operation)
        if place is None or draft.proposal is None or operation not in draft.proposal.parties():
            raise InputError(Message("Nobody is asked about {operation} any more.", {"operation": operation}))
        if len(slots) > MOST_INSTEAD:
            raise InputError(Message("Tick at most {most} times.", {"most": MOST_INSTEAD}))
        shifts = {shift.id for shift in draft.scenario.shifts}
        if any(slot == place.slot or slot.day not in draft.scenario.span or slot.shift not in shifts for slot in slots):
            raise InputError(Message("The item is gone: open the page again."))
        known = draft.offered.get(operation, ())
        if set(known) not in (set(seen), set(slots)):
            raise Refused(_others(draft, known))
        offered = {**draft.offered, operation: tuple(sorted(set(slots)))}
        if offered[operation] != known:
            written = {
                id: [{"date": slot.day.isoformat(), "shift": slot.shift} for slot in there]
                for id, there in offered.items()
            }
            proposals.PROPOSALS.set(db, offered=json.dumps(written))
            audit.add(db, now, actor, SlotsOffered(operation, len(offered[operation])))


def _others(draft: Draft, known: Sequence[Slot]) -> Message:
    if not known:
        return Message("The page has changed, and nothing was saved. Check it and send again.")
    return Message(
        "Somebody else has ticked {times}, and nothing was saved. Check it and send again.",
        {"times": [when_said(draft.scenario, slot) for slot in known]},
    )
