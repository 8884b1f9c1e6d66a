"""options: what a job computes from the draft, and the choice of one of them.

propose: asks all parties to an option, or to lend at a time; they answer at an address of their own.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from arshjul.errors import InputError, Message, Refused
from arshjul.office.draft.answers import ANSWER_DAYS, Question, add_answers, questions
from arshjul.office.draft.draft import GONE, Draft, StaleDraft
from arshjul.office.draft.stored_draft import asked_draft, keep, opened_draft, seen_draft
from arshjul.office.publishing.contacts import Contacts, asked_contacts, mailbox, parties_at_portal, parties_reached
from arshjul.office.publishing.kept import kept_a_minute, mark_of_year
from arshjul.office.store import audit, drafts, jobs, outbox, proposals
from arshjul.office.store.contacts import Contact
from arshjul.office.store.events import Chosen, ProposalMade, QuestionWritten, SlotsOffered
from arshjul.office.store.jobs import Job, StoredOption
from arshjul.office.store.outbox import AskedParty, Owed, ToldLine
from arshjul.office.store.proposals import StoredProposal
from arshjul.office.store.store import Store, Transaction
from arshjul.solver import Progress
from arshjul.year.agenda.time_text import when_said
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.contact import QUESTIONS, PartyMail
from arshjul.year.domain.entries.answer import MOST_INSTEAD
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.plan_folder import kept_plan_bytes, scenario_bytes, year_of_json
from arshjul.year.formats.scenario.scenario_json import bodies, with_sites, without_sites
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.fill import fill
from arshjul.year.planning.letters.notices import Letter
from arshjul.year.planning.letters.party_mail import mail_of_questions
from arshjul.year.planning.letters.questions import AskedPlace
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


def ask(db: Transaction, seen: str, _now: datetime, _about: str = "") -> Draft:
    """The draft with a version, by which its job recognises it; one that equals the served year has none."""
    draft = seen_draft(db, seen)
    if draft.version:
        return draft
    keep(db, draft, draft)
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
    if as_of < draft.plan.as_of:
        moments = {"now": as_of, "plans": draft.plan.as_of}
        text = Message("It is {now}, and the plan is as of {plans}: options can be worked out from then on.", moments)
        raise InputError(text)
    scenario, plan, options = draft.scenario, draft.plan, {}
    given = None if draft.has_objects_alone else draft.given
    if draft.waiting or given is not None or not draft.asks_to_bind:
        begun = replan_input(scenario, plan, draft.entries_with(), as_of, given)
        replanned = replan_from(begun, plan, effort)
        options = {id: (replanned.scenario, option) for id, option in replanned.options.items()}
        if not draft.asks_to_bind or any(option.placed != plan.placed for _, option in options.values()):
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
        keep(db, draft, new)


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
    """A party's questions, by their names, ready to send: to its mail `address`, or by telephone if it has none."""

    letter: Letter
    address: str
    names: tuple[str, ...] = ()

    def mail(self, scenario: Scenario, deadline: datetime, words: Words) -> PartyMail:
        return mail_of_questions(scenario, self.letter, deadline, words)


class PartyQuestions(NamedTuple):
    """The letter to a party, and the place that each of its lines is about, with the question."""

    letter: Letter
    asked: Sequence[tuple[AskedPlace, Question]]

    def inquiry(self, is_asked: Callable[[Question], bool], contacts: Contacts) -> Inquiry | None:
        """With those lines alone; None if there are none."""
        own = [(place, question) for place, question in self.asked if is_asked(question)]
        lines, touched = tuple(place.said for place, _ in own), tuple(place.touched for place, _ in own)
        letter, names = replace(self.letter, lines=lines, touched=touched), tuple(question.name for _, question in own)
        return Inquiry(letter, mailbox(contacts, letter.to.id), names) if own else None


def questions_to_all(draft: Draft) -> list[PartyQuestions]:
    if draft.proposal is None:
        return []
    asking = draft.proposal.asking
    asked = [*zip(asking.asked(), questions(draft), strict=True)]
    return [
        PartyQuestions(letter, [pair for pair in asked if pair[1].party == letter.to.id]) for letter in asking.letters()
    ]


def inquiries(draft: Draft) -> list[Inquiry]:
    """The letters of its proposal: to each party the questions that it has not answered yet."""
    made = [party.inquiry(lambda question: question.is_open, draft.contacts) for party in questions_to_all(draft)]
    return [inquiry for inquiry in made if inquiry is not None]


def inquiries_of(store: Store, draft: Draft, number: int, option: FoundOption) -> list[Inquiry]:
    """The questions to parties if that option were proposed. StaleDraft if its job was begun for another draft."""
    with store.reading() as db:
        job = jobs.JOBS.get(db, number)
    if job is None or job.version != draft.version:
        raise StaleDraft
    return inquiries(replace(draft, proposal=Proposal(draft.scenario, draft.made_plan, option.scenario, option.plan)))


class ReachedParties(NamedTuple):
    """`at_an_address`: those with one to answer at, here or at the portal; `by_mail`: with a contact's own mailbox."""

    at_an_address: Collection[str]
    by_mail: Collection[str]
    mails: Mapping[str, Owed]


def reached_parties(store: Store, now: datetime) -> ReachedParties:
    with store.reading() as db:
        mails = {question.party: question for question in _waiting_questions(db, now)}
        by_mail = {party for party, contact in asked_contacts(db, now).items() if contact.email}
        return ReachedParties(proposals.open_parties(db, now) | parties_at_portal(db, now), by_mail, mails)


def _waiting_questions(db: Transaction, now: datetime) -> list[Owed]:
    there = outbox.with_attempts(db, questions_owed(db, now), now)
    return [question for question in there if question.is_mailed]


class _Asked(NamedTuple):
    draft: Draft
    parties: Mapping[str, PartyQuestions]


def questions_owed(db: Transaction, now: datetime) -> Iterator[Owed]:
    """Of what is proposed, to parties that have not answered, until the time to answer is over."""
    proposed = proposals.mark(db)
    asked = [party for party in outbox.asked_parties(db) if not party.is_told] if proposed else []
    there = kept_a_minute(db, QUESTIONS, (*proposed, mark_of_year(db)), now, lambda: _asked(db)) if asked else None
    if there is None or there.draft.deadline is None or there.draft.is_over(now):
        return
    contacts, at_portal = parties_reached(db), asked_contacts(db, now)
    for party in asked:
        id = party.due.party
        questions = there.parties.get(id)
        inquiry = None if questions is None else questions.inquiry(partial(_is_owed, party.due), contacts)
        if inquiry is not None:
            yield _message(there.draft.scenario, inquiry, party, at_portal.get(id), there.draft.deadline)


def _asked(db: Transaction) -> _Asked:
    draft = asked_draft(db)
    return _Asked(draft, {party.letter.to.id: party for party in questions_to_all(draft)})


def _is_owed(due: ToldLine, question: Question) -> bool:
    """True if its party was to be asked that, and has not answered since."""
    return question.name in due.about and (question.is_open or (question.at is not None and question.at < due.at))


def _message(
    scenario: Scenario, inquiry: Inquiry, asked: AskedParty, contact: Contact | None, deadline: datetime
) -> Owed:
    """To the party's contact that answers at the portal; or else to its mailbox, or on the telephone."""
    to, id = (inquiry.address, "") if contact is None else (contact.email or inquiry.address, contact.id)
    due, say = asked.due, words(scenario.language)
    found = Owed(
        outbox.number_of(QUESTIONS, due.party, id, to, due.number, inquiry.names),
        due.party,
        to,
        mail_of_questions(scenario, inquiry.letter, deadline, say, at_portal=bool(id)),
        actor=due.by,
        at=due.at,
        contact=id,
        page=QUESTIONS,
        page_until=deadline,
        about=inquiry.names,
        due=due.number,
    )
    return found if asked.restored is None else found.doubted(asked.restored.at)


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
        add_answers(db, made, (question.about for question in questions(made) if not question.actor), actor, now)
        audit.add(db, now, actor, ProposalMade(option))
        at_portal = asked_contacts(db, now)
        for inquiry in inquiries(made):
            contact = at_portal.get(inquiry.letter.to.id)
            if inquiry.address or (contact is not None and contact.email):
                outbox.ask(db, inquiry.letter.to.id, inquiry.names, actor, now)
        keep(db, made, made)


def ask_again(store: Store, party: str, actor: str, now: datetime) -> None:
    """Unless a question waits there. InputError if the party is asked nothing, or has no address."""
    with store.writing() as db:
        draft, contact = opened_draft(db), asked_contacts(db, now).get(party)
        names = [question.name for question in questions(draft) if question.party == party]
        if not names or not (mailbox(draft.contacts, party) or (contact is not None and contact.email)):
            raise InputError(Message("There is no such page."))
        if not any(question.party == party for question in _waiting_questions(db, now)):
            outbox.ask(db, party, names, actor, now)
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
