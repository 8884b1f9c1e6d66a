"""answers: the questions of a proposal to each party, and its answers, by the party or the coordinator; or none.

An answer belongs to the question asked: the operation, the party, and the terms. A page with an older question is shown
the present one.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import cast

from arshjul.errors import InputError, Message, Refused
from arshjul.office.draft.draft import ANSWERS, Draft, Item, StaleDraft
from arshjul.office.draft.stored_draft import asked_draft, opened_draft
from arshjul.office.publishing.contacts import passed_on
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.store import audit, drafts, jobs, outbox, proposals
from arshjul.office.store.drafts import StoredEntry
from arshjul.office.store.events import AnswerAddressMade
from arshjul.office.store.proposals import AnswerAddress
from arshjul.office.store.store import Store, Transaction
from arshjul.office.subscribers.read_feed import digest_of_token
from arshjul.serving.sql.errors import Damaged
from arshjul.year.agenda.entry import one_line
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.contact import PartyMail
from arshjul.year.domain.entries.answer import OPEN, REPLIES, Answered, Reply
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.answers import answer_mapping, slots_of
from arshjul.year.formats.plan.plan_folder import year_of_json
from arshjul.year.formats.schema.party_entry import LONGEST_REMARK
from arshjul.year.formats.words import local_time
from arshjul.year.planning.letters.notices import Letter
from arshjul.year.planning.letters.party_mail import LOST, mail_of_withdrawn
from arshjul.year.planning.letters.questions import withdrawn

TOKEN_BYTES = 32
ANSWER_DAYS = 7
"""The days for which a proposal can be answered, and an address is valid."""

NAME = 32
"""The number of characters in a question's name."""

CHANGES_A_DAY = 12
"""A party's own changes a day, however many at once, at all its addresses. First answers are no changes."""

DAY = timedelta(days=1)

_SAID = ("answer", "remark", "instead", "reported")
"""The keys of what an answer says; by the others it says to what."""

Unanswered = tuple[tuple[Answered, datetime], ...]
"""Questions without an answer, each with the moment at which it was asked."""


def hand_out(store: Store, party: str, actor: str, now: datetime) -> str:
    """A new token at which that party answers; its former addresses are closed."""
    with store.writing() as db:
        proposals.close(db, now, party=party)
        token = new_address(db, party, now)
        audit.add(db, now, actor, AnswerAddressMade(party))
    return token


def new_address(db: Transaction, party: str, now: datetime) -> str:
    """A token at which that party answers, beside its present ones."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    digest = digest_of_token(token).hex()
    proposals.add_address(db, AnswerAddress(digest, party, now, now + timedelta(days=ANSWER_DAYS)))
    return token


def party_of(store: Store, token: str, now: datetime) -> str:
    """The party that answers at that address. InputError if it is not valid."""
    with store.reading() as db:
        return address_of(db, token, now).party


def address_of(db: Transaction, token: str, now: datetime) -> AnswerAddress:
    """The address of that token. InputError if it is not valid."""
    address = proposals.open_addresses(now).where(digest=digest_of_token(token).hex()).first(db)
    if address is None:
        raise NoAddress
    return address


class NoAddress(InputError):
    """An address at which nobody answers, or not any more."""

    def __init__(self) -> None:
        super().__init__(Message("This address is not valid any more: ask the coordinator for a new one."))


def is_passed_on(store: Store, token: str, now: datetime) -> bool:
    """True if the address of that token opens the party's questions at the portal."""
    digest = digest_of_token(token).hex()
    with store.reading() as db:
        return any(address.digest == digest for address in passed_on(db, now))


@dataclass(frozen=True, slots=True)
class Question:
    """The question to a party about one operation: its answer and remark, who gave it and when; `asked`: none yet.

    `name` depends on party, wording and terms (`Answered.terms`), and does not reveal the place. `offered`: the slots
    that the coordinator lets it choose from instead, of which it has chosen `instead`. `is_voluntary`: the operation
    goes on without the party.
    """

    name: str
    about: Answered
    text: Message
    answer: Reply = "asked"
    remark: str = ""
    actor: str = ""
    at: datetime | None = None
    offered: tuple[Slot, ...] = ()
    instead: tuple[Slot, ...] = ()
    is_voluntary: bool = False

    @property
    def is_open(self) -> bool:
        return self.answer in OPEN

    @property
    def operation(self) -> str:
        return self.about.operation

    @property
    def party(self) -> str:
        return self.about.party


class AnotherQuestion(StaleDraft):
    """The answered question is no longer asked."""


class TooManyChanges(Refused):
    def __init__(self) -> None:
        super().__init__(Message("Too many changes today: call the coordinator."))


def pair_of(one: Answered) -> tuple[str, str]:
    """The operation and the party of an answer."""
    return one.operation, one.party


def questions(draft: Draft) -> list[Question]:
    proposal = draft.proposal
    if proposal is None:
        return []
    answers, made, say = draft.answers(), [], words(draft.scenario.language)
    for place in proposal.asking.asked():
        name, offered = (
            _name(place.about, say.say(place.text), draft.asking_key),
            draft.offered.get(place.about.operation, ()),
        )
        question = Question(
            name, place.about, place.said, offered=offered, is_voluntary=place.share.role == "voluntary"
        )
        if (told := answers.get(pair_of(place.about))) is not None:
            entry, body = told
            remark, instead = str(body.get("remark", "")), tuple(slots_of(body.get("instead", ())))
            question = replace(
                question, answer=body["answer"], remark=remark, actor=entry.actor, at=entry.at, instead=instead
            )
        made.append(question)
    return made


def _name(one: Answered, text: str, key: bytes) -> str:
    """A name derived from what the party sees: it reveals nothing else, and does not change with anything else."""
    shown = json.dumps([one.operation, one.party, one.terms, text], ensure_ascii=False)
    return hmac.new(key, b"question " + shown.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:NAME]


def answer_for(
    store: Store,
    party: str,
    replies: Mapping[str, str],
    actor: str,
    now: datetime,
    shown: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Stores answers as somebody heard them, by the names of the questions, all or none; remarks stay.

    The draft keeps its version, so that others' forms remain valid, and no deadline applies. AnotherQuestion if one is
    not asked, or not any more, or was answered otherwise since the page that shows these answers.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        there = {question.name: question.answer for question in questions(draft)} if shown else {}
        if any(there.get(name) not in (answer, replies[name]) for name, answer in shown.items()):
            raise AnotherQuestion
        _keep_answers(db, draft, _changed_answers(draft, party, replies, {}, {}), actor, now)


def answer_at(
    store: Store, token: str, replies: Mapping[str, str], now: datetime, remarks: Mapping[str, str] | None = None
) -> None:
    """Stores answers given at the party's address. `remarks`: by question; those that it lacks stay. InputError."""
    said = {name: one_line(text) for name, text in (remarks or {}).items()}
    if any(len(text) > LONGEST_REMARK for text in said.values()):
        raise InputError(Message("A remark has at most {most} characters: shorten it.", {"most": LONGEST_REMARK}))
    sent = SentAnswers(replies, said, now)
    with store.reading() as db:  # unchanged or refused answers need no writing transaction, and block no other
        if not _fresh_answers(db, address_of(db, token, now).party, sent, now)[1]:
            return
    with store.writing() as db:
        answer_in(db, address_of(db, token, now).party, sent, now)


def _given_before(draft: Draft, party: str, actor: str, since: datetime) -> Iterator[tuple[datetime, str]]:
    """The moments and places of answers by that very party, not one with the same name, since then."""
    for entry in draft.waiting:
        if entry.list == ANSWERS and entry.actor == actor and entry.at >= since:
            body = entry.item
            if body["party"] == party:
                yield entry.at, _place(body)


def _changes(given: Iterable[tuple[datetime, str]]) -> int:
    """The number of submissions that change an answer; one has one moment. `given`: in the order of entry."""
    submissions: list[tuple[datetime, set[str]]] = []
    for at, place in given:
        if not submissions or submissions[-1][0] != at or place in submissions[-1][1]:
            submissions.append((at, set()))
        submissions[-1][1].add(place)
    known, n = set[str](), 0
    for _, places in submissions:
        n += not known.isdisjoint(places)
        known |= places
    return n


@dataclass(frozen=True, slots=True)
class SentAnswers:
    """A party's answers as it has sent them, by the names of the questions; remarks and slots that it lacks stay.

    `instead`: the slots at which it could come; those that are not offered are left out. `said_at`: when it was said,
    by which the deadline is judged; a question that was answered later, or since, is left out. `known_at`: when the
    party has said what it had sent before, by the question and the moment at which that was stored.
    """

    replies: Mapping[str, str]
    remarks: Mapping[str, str]
    said_at: datetime
    instead: Mapping[str, Collection[Slot]] = field(default_factory=dict)
    known_at: Mapping[tuple[str, datetime], datetime] = field(default_factory=dict)


def answer_in(db: Transaction, party: str, sent: SentAnswers, now: datetime) -> None:
    """Stores a party's answers as a contact of it has sent them. Raises as `answer_at`, with nothing written."""
    draft, answers = _fresh_answers(db, party, sent, now)
    _keep_answers(db, draft, answers, draft.scenario.parties[party].name, now)


def _fresh_answers(db: Transaction, party: str, sent: SentAnswers, now: datetime) -> tuple[Draft, list[Answered]]:
    draft = asked_draft(db)
    if party not in draft.scenario.parties:  # the party is no longer part of the year
        raise NoAddress
    actor = draft.scenario.parties[party].name
    changed = _changed_answers(draft, party, sent.replies, sent.remarks, sent.instead)
    later = _answered_later(draft, sent)
    fresh = [answered for answered in changed if pair_of(answered) not in later]
    if draft.is_over(sent.said_at) or (changed and not fresh):
        raise Refused(Message("The time to answer is over: call the coordinator."))
    new = ((now, _place(answer_mapping(answered))) for answered in fresh)
    if fresh and _changes([*_given_before(draft, party, actor, now - DAY), *new]) > CHANGES_A_DAY:
        raise TooManyChanges
    return draft, fresh


def _answered_later(draft: Draft, sent: SentAnswers) -> set[tuple[str, str]]:
    """Answers after that moment. Being asked is no answer: the portal's clock may be behind ours."""
    answered = (
        (question, question.at)
        for question in questions(draft)
        if question.at is not None and question.answer != "asked"
    )
    return {pair_of(one.about) for one, at in answered if sent.known_at.get((one.name, at), at) > sent.said_at}


def _place(body: Mapping[str, object]) -> str:
    return json.dumps([one for key, one in sorted(body.items()) if key not in _SAID])


def _changed_answers(
    draft: Draft,
    party: str,
    replies: Mapping[str, str],
    remarks: Mapping[str, str],
    instead: Mapping[str, Collection[Slot]],
) -> list[Answered]:
    for reply in replies.values():
        if reply not in REPLIES:
            raise InputError(
                Message("{given} does not exist: choose one of {known}.", {"given": reply, "known": list(REPLIES)})
            )
    there = {question.name: question for question in questions(draft) if question.party == party}
    if not replies.keys() <= there.keys():
        raise AnotherQuestion
    asked = (
        (one, reply, remarks.get(name, one.remark), _chosen(one, reply, instead.get(name, one.instead)))
        for name, reply, one in ((name, cast(Reply, reply), there[name]) for name, reply in replies.items())
    )
    return [
        replace(one.about, answer=reply, remark=remark, instead=slots)
        for one, reply, remark, slots in asked
        if (reply, remark, slots) != (one.answer, one.remark, one.instead)
    ]


def _chosen(one: Question, reply: Reply, wanted: Collection[Slot]) -> tuple[Slot, ...]:
    return () if reply == "yes" else tuple(slot for slot in one.offered if slot in wanted)


def _keep_answers(db: Transaction, draft: Draft, answers: list[Answered], actor: str, now: datetime) -> None:
    if answers:
        add_answers(db, draft, answers, actor, now)
        jobs.outdate(db)


def add_answers(db: Transaction, draft: Draft, answers: Iterable[Answered], actor: str, now: datetime) -> None:
    reported = local_time(draft.moment(now))
    drafts.add_entries(
        db, ((ANSWERS, {**answer_mapping(answer), "reported": reported}) for answer in answers), actor, now
    )


def unanswered(db: Transaction, draft: Draft) -> Unanswered:
    if draft.plan is None or draft.served is None:
        return ()
    since = draft.plan.last_shared(draft.served.plan)
    last: dict[tuple[str, str], tuple[Item, datetime]] = {}
    for entry, body in _answers(db):
        if since < (entry.revision or 0):
            last[body["operation"], body["party"]] = (body, entry.at)
    return tuple((_asked(body), at) for body, at in last.values() if body["answer"] in OPEN)


def asked_since(db: Transaction, copy: Transaction) -> dict[str, PartyMail]:
    """By party, of what a copy does not know; a published plan's decision is told by its own message."""
    draft, served, proposed = drafts.DRAFTS.first(db), served_revision(db), proposals.PROPOSALS.first(db)
    if draft is None or not draft.plan:
        return {}
    scenario, plan = year_of_json(draft.scenario, draft.plan)
    since = 0 if served is None else plan.last_shared(served.plan)
    if proposed is not None:
        scenario, _ = year_of_json(proposed.scenario, proposed.plan)
    known = {_asked(body) for _, body in _answers(copy)}
    new = {
        question: entry.at
        for entry, body in _answers(db)
        if (question := _asked(body)) not in known and (entry.waits or since < (entry.revision or 0))
        if question.operation in scenario.operations
    }
    say, letters = words(scenario.language), withdrawal_letters(db, scenario, new.items())
    return {letter.to.id: mail_of_withdrawn(scenario, letter, say, LOST) for letter in letters}


def _answers(db: Transaction) -> Iterator[tuple[StoredEntry, Item]]:
    """The entries with questions or answers that stand, each with its body. Damaged if that is invalid."""
    for entry in drafts.standing(db, (ANSWERS,)):
        try:
            yield entry, entry.item
        except ValueError:
            raise Damaged("an answer that is none") from None


def _asked(body: Item) -> Answered:
    day = body.get("date")
    slot = None if day is None else Slot(date.fromisoformat(day), body["shift"])
    return Answered(body["operation"], body["party"], "asked", slot, body.get("police"))


def withdrawal_letters(
    db: Transaction, scenario: Scenario, asked: Iterable[tuple[Answered, datetime]]
) -> tuple[Letter, ...]:
    """The messages to parties that the question may have reached: by mail, or at an address handed out since."""
    handed = {(one.party, at) for one, at in audit.told(db, AnswerAddressMade)}

    def is_reached(party: str, at: datetime) -> bool:
        by_hand = any(to == party and at <= moment for to, moment in handed)
        return by_hand or not outbox.is_unasked(db, party, at)

    return withdrawn(scenario, [one for one, at in asked if is_reached(one.party, at)])
