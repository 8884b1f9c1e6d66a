"""options: what a job computes from the draft, and the choice of one of them.

propose: asks all parties to an option, or to lend at a time; they answer at an address of their own.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import NamedTuple

from arshjul.errors import InputError, Message, Refused
from arshjul.office.draft.answers import ANSWER_DAYS, add_answers, pair_of, questions
from arshjul.office.draft.draft import GONE, Draft, StaleDraft, asked_draft, keep, opened_draft, seen_draft
from arshjul.office.publishing.contacts import asked_contact, asked_contacts, mailbox, parties_at_portal
from arshjul.office.store import audit, drafts, jobs, outbox, proposals
from arshjul.office.store.events import Chosen, ProposalMade, QuestionWritten, SlotsOffered
from arshjul.office.store.jobs import Job, StoredOption
from arshjul.office.store.outbox import Owed, Queued
from arshjul.office.store.proposals import StoredProposal
from arshjul.office.store.store import Store, Transaction
from arshjul.solver import Progress
from arshjul.year.agenda.time_text import when_said
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.contact import PartyMail
from arshjul.year.domain.entries.answer import MOST_INSTEAD, OPEN
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.plan_folder import kept_plan_bytes, scenario_bytes, year_of_json
from arshjul.year.formats.scenario.scenario_json import bodies, with_sites, without_sites
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.fill import fill
from arshjul.year.planning.letters.notices import Letter
from arshjul.year.planning.letters.party_mail import mail_of_questions
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.edit import with_objects_of
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.proposal import Proposal
from arshjul.year.planning.replan.replan import replan_from
from arshjul.year.texts import Words

FIRST = "first"
"""The only option of a year without a plan."""

FILLED = "filled"
"""The only option if objects are bound and nothing else is asked."""

CLOSING = time(16)
"""The time of day until which an answer is asked for: while somebody is there to be called."""


class FoundOption(NamedTuple):
    """A plan that a job found, and its scenario, without sites."""

    id: str
    scenario: Scenario
    plan: Plan


def options_at(store: Store, draft: Draft) -> int | None:
    """The number of the job that works the draft's options out, or has done so; None if none does."""
    with store.reading() as db:
        last = jobs.last(db, jobs.JOBS.c.about == "")
    is_its_own = last is not None and draft.version and last.version == draft.version
    return last.number if last is not None and is_its_own and last.state in {"running", "done"} else None


def ask(db: Transaction, seen: str, now: datetime, _: str = "") -> Draft:
    """The draft with a version, by which its job recognises it; one that equals the served year has none."""
    draft = seen_draft(db, seen)
    if draft.version:
        return draft
    keep(db, draft, draft, now)
    return opened_draft(db)


def work(draft: Draft, job: Job, progress: Callable[[Progress], None]) -> list[StoredOption]:
    if job.version != draft.version:
        raise StaleDraft
    options = _options(draft, draft.moment(job.started_at), Effort(job.limit_s, progress=progress))
    rows = []
    for n, (id, (scenario, plan)) in enumerate(options.items()):
        bare = without_sites(scenario)
        kept = kept_plan_bytes(plan, bare, words(scenario.language))
        rows.append(StoredOption(job.number, id, n, scenario_bytes(bare), kept))
    return rows


def _options(draft: Draft, as_of: datetime, effort: Effort) -> Mapping[str, tuple[Scenario, Plan]]:
    """By option. Objects are bound where nothing moves: otherwise there is something to choose first, and they wait."""
    if draft.plan is None:
        scenario = draft.present.with_history_until(as_of.date())
        return {FIRST: (scenario, make_plan(scenario, as_of, effort).plan)}
    scenario, plan, options = draft.scenario, draft.plan, {}
    given = None if draft.has_objects_alone else draft.given
    if draft.waiting or given is not None or not draft.asks_to_bind:
        begun = replan_input(scenario, plan, draft.entries_with(), as_of, given)
        replanned = replan_from(begun, plan, effort)
        options = {id: (replanned.scenario, one) for id, one in replanned.options.items()}
        if not draft.asks_to_bind or any(one.placed != plan.placed for _, one in options.values()):
            return options
        scenario, plan = next(iter(options.values()))
    wanted = with_objects_of(draft.present, draft.scenario, scenario)
    filled = fill(scenario, plan, wanted.objects, as_of, effort)
    return {FILLED: (filled.scenario, filled.plan)}


def options_of(store: Store, number: int) -> tuple[FoundOption, ...]:
    with store.reading() as db:
        job = jobs.JOBS.get(db, number)
        stored = [] if job is None or job.about else jobs.OPTIONS_FOUND.where(job=number).all(db)
    return tuple(_option(option) for option in stored)


def _option(stored: StoredOption) -> FoundOption:
    return FoundOption(stored.option, *year_of_json(stored.scenario, stored.plan))


def option_of(db: Transaction, number: int, option: str, seen: str) -> tuple[Draft, StoredOption]:
    """InputError if the job has no such option; StaleDraft if the draft is not the job's, or not the one seen."""
    draft, job = opened_draft(db), jobs.JOBS.get(db, number)
    draft.refuse_overtaken()
    draft.refuse_other(seen)
    if job is None or job.about or job.version != draft.version:
        raise StaleDraft
    options = {stored_option.option: stored_option for stored_option in jobs.OPTIONS_FOUND.where(job=number).all(db)}
    if option not in options:
        raise InputError(
            Message("{given} does not exist: choose one of {known}.", {"given": option, "known": list(options)})
        )
    return draft, options[option]


def choose(store: Store, number: int, option: str, actor: str, now: datetime, seen: str) -> None:
    with store.writing() as db:
        draft, stored = option_of(db, number, option, seen)
        taken = _option(stored)
        scenario = _with_sites(draft, taken.scenario)
        wanted = with_objects_of(draft.present, draft.scenario, scenario)  # objects that are still to be bound
        given = None if option == FILLED or wanted == scenario else wanted
        new = replace(draft, scenario=scenario, plan=taken.plan, given=given)
        drafts.answer(db, taken.plan.revision)
        proposals.forget(db)
        audit.add(db, now, actor, Chosen(option, taken.plan.revision))
        keep(db, draft, new, now)


def _with_sites(draft: Draft, scenario: Scenario) -> Scenario:
    known = bodies(draft.scenario)
    if draft.undoing is not None:  # operations that come back
        before = bodies(draft.undoing.before.scenario).items()
        known |= {place: body for place, body in before if place[0] not in draft.scenario.operations}
    if draft.given is not None:
        edited = draft.given.operations.keys() | draft.given.objects.keys()
        known = {place: body for place, body in known.items() if place[0] not in edited}
        known |= bodies(draft.given)
    return with_sites(scenario, known)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A party's question, ready to send: to its mail `address`, or by telephone if it has none."""

    letter: Letter
    address: str

    def mail(self, scenario: Scenario, deadline: datetime, words: Words) -> PartyMail:
        return mail_of_questions(scenario, self.letter, deadline, words)


def inquiries(draft: Draft, proposal: Proposal) -> list[Inquiry]:
    """The letters of a proposal: to each party the questions that it has not answered yet."""
    known, letters = _known_answers(draft, proposal), []
    pairs = proposal.asking.asked()
    for letter in proposal.asking.letters():
        own = [pair for pair in pairs if pair.about.party == letter.to.id]
        still = [place for place in own if known.get(pair_of(place.about), "asked") in OPEN]
        if still:
            lines, touched = tuple(place.said for place in still), tuple(place.touched for place in still)
            address = mailbox(draft.contacts, letter.to.id)
            letters.append(Inquiry(replace(letter, lines=lines, touched=touched), address))
    return letters


def _known_answers(draft: Draft, proposal: Proposal) -> dict[tuple[str, str], str]:
    """The last answers, by operation and party, to the proposal's questions on the same terms."""
    there = questions(replace(draft, proposal=proposal))
    return {pair_of(question.about): question.answer for question in there if question.actor}


def inquiries_of(store: Store, draft: Draft, number: int, option: FoundOption) -> list[Inquiry]:
    """The questions to parties if that option were proposed. StaleDraft if its job was begun for another draft."""
    with store.reading() as db:
        job = jobs.JOBS.get(db, number)
    if job is None or job.version != draft.version:
        raise StaleDraft
    return inquiries(draft, Proposal(draft.scenario, draft.made_plan, option.scenario, option.plan))


class ReachedParties(NamedTuple):
    """`at_an_address`: those with one to answer at, here or at the portal; `by_mail`: with a contact's own mailbox."""

    at_an_address: Collection[str]
    by_mail: Collection[str]
    mails: Mapping[str, Owed]


def reached_parties(store: Store, now: datetime) -> ReachedParties:
    with store.reading() as db:
        mails = {question.party: question for question in _waiting_questions(db, now)}
        by_mail = {party for party, one in asked_contacts(db, now).items() if one.email}
        return ReachedParties(proposals.open_parties(db, now) | parties_at_portal(db, now), by_mail, mails)


def _waiting_questions(db: Transaction, now: datetime) -> list[Owed]:
    there = outbox.with_attempts(db, (owed for owed in outbox.queued(db) if owed.asks), now)
    return [owed for owed in there if owed.is_mailed]


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
        known, asked = _known_answers(draft, made.proposal), (place.about for place in made.proposal.asking.asked())
        add_answers(db, made, (about for about in asked if pair_of(about) not in known), actor, now)
        audit.add(db, now, actor, ProposalMade(option))
        for inquiry in inquiries(draft, made.proposal):
            _put_question(db, inquiry, made.scenario, deadline, actor, now)
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
        outbox.put(db, Queued(0, one.letter.to.id, address, mail, True, actor, now, contact=id))


def ask_again(store: Store, party: str, actor: str, now: datetime) -> None:
    """Unless a question waits there. InputError if the party is asked nothing, or has no address."""
    with store.writing() as db:
        draft = opened_draft(db)
        letters = () if draft.proposal is None else draft.proposal.asking.letters()
        letter, address = next((one for one in letters if one.to.id == party), None), mailbox(draft.contacts, party)
        asked = asked_contacts(db, now).get(party)
        if letter is None or draft.deadline is None or not (address or (asked is not None and asked.email)):
            raise InputError(Message("There is no such page."))
        if not any(question.party == party for question in _waiting_questions(db, now)):
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
            raise InputError(GONE)
        known = draft.offered.get(operation, ())
        if set(known) not in (set(seen), set(slots)):
            if not known:
                raise StaleDraft
            text = Message(
                "Somebody else has ticked {times}, and nothing was saved. Check it and send again.",
                {"times": [when_said(draft.scenario, slot) for slot in known]},
            )
            raise Refused(text)
        offered = {**draft.offered, operation: tuple(sorted(set(slots)))}
        if offered[operation] != known:
            written = {
                id: [{"date": slot.day.isoformat(), "shift": slot.shift} for slot in there]
                for id, there in offered.items()
            }
            proposals.PROPOSALS.set(db, offered=json.dumps(written))
            audit.add(db, now, actor, SlotsOffered(operation, len(offered[operation])))
