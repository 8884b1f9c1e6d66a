"""answers: what a proposal asks each party, and what they answer, at an address of their own or to us.

An answer belongs to what was asked: the operation, the party, and the terms on which it was to come. A page of an older
question is told what is asked now.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from arshjul.actions.draft.answer_addresses import address_of, no_address
from arshjul.actions.draft.draft import ANSWERS, Draft, add, opened_draft
from arshjul.domain.entries.answer import REPLIES, Answered, Reply
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.catalogues import words
from arshjul.formats.plan.answers import answer_mapping
from arshjul.formats.words import local_time
from arshjul.store import jobs
from arshjul.store.store import Store, Transaction

NAME = 32
"""The length of a question's name, in characters."""
CHANGES_A_DAY = 12
"""The changes of its answers that a party can make itself within a day, however many at once, at all its addresses.

First answers are no change.
"""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Question:
    """A party's part in what is proposed of one operation: its answer, who gave it and when; `asked`: none yet.

    `name` is another for each party, wording and terms (`Answered.terms`); it tells nobody the place.
    """

    name: str
    about: Answered
    text: Message
    answer: Reply = "asked"
    actor: str = ""
    at: datetime | None = None

    @property
    def operation(self) -> str:
        """The operation that it is about."""
        return self.about.operation

    @property
    def party(self) -> str:
        """The party that is asked."""
        return self.about.party


class AnotherQuestion(Refused):
    """Refused: what was answered is not asked any more."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "What is asked has changed since this page was opened, and nothing of it was kept: see what is asked "
                "now, and answer that."
            )
        )


class TooManyChanges(Refused):
    """Refused: the answers were changed more often than anybody changes their mind."""

    def __init__(self) -> None:
        super().__init__(Message("The answers were changed many times today: call the coordinator."))


def pair_of(one: Answered) -> tuple[str, str]:
    """The operation and the party that it is of."""
    return one.operation, one.party


def questions(draft: Draft) -> list[Question]:
    """Everything that is asked, each with its last answer."""
    proposal = draft.proposal
    if proposal is None:
        return []
    answers, made, said = draft.answers(), [], words(draft.scenario.language)
    for one in proposal.asking.asked():
        found = Question(_name(one.about, said.say(one.text), draft.asking_key), one.about, one.said)
        if (told := answers.get(pair_of(one.about))) is not None:
            entry, body = told
            reply = next(reply for reply in REPLIES if reply == body["answer"])
            found = replace(found, answer=reply, actor=entry.actor, at=entry.at)
        made.append(found)
    return made


def _name(one: Answered, text: str, key: bytes) -> str:
    """A name that goes by what the party sees: it is no guide to what it does not, nor another where that changes."""
    shown = json.dumps([one.operation, one.party, one.terms, text], ensure_ascii=False)
    return hmac.new(key, b"question " + shown.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:NAME]


def answer_for(store: Store, party: str, replies: Mapping[str, str], actor: str, now: datetime) -> None:
    """Keeps a party's answers as somebody heard them, by the names of the questions, all or none.

    The draft stays the one that was seen, whatever anybody is entering; only what was worked out without the
    answers is of it no more. The deadline binds the parties' links alone. AnotherQuestion where one is not asked, or
    not any more.
    """
    with store.writing() as db:
        draft = opened_draft(db)
        _keep_answers(db, draft, _changed(draft, party, replies), actor, now)


def answer_at(store: Store, token: str, replies: Mapping[str, str], now: datetime) -> None:
    """Keeps a party's answers as it gives them at its address. InputError where that lets nobody answer.

    TooManyChanges where the party has changed its mind too often.
    """
    with store.reading() as db:  # who changes nothing, or is refused, is in the way of nobody who writes
        if not _changed_at(db, token, replies, now).answers:
            return
    with store.writing() as db:
        given = _changed_at(db, token, replies, now)
        _keep_answers(db, given.draft, given.answers, given.actor, now)


@dataclass(frozen=True, slots=True)
class _Given:
    """The answers that a party gives at an address of its own and that are new, and the name in which they are kept."""

    draft: Draft
    actor: str
    answers: list[Answered]


def _given_before(draft: Draft, party: str, actor: str, since: datetime) -> Iterator[tuple[datetime, str]]:
    """The moments and places of what the party, not only one of its name, has said itself since then."""
    for entry in draft.waiting:
        if entry.list == ANSWERS and entry.actor == actor and entry.at >= since:
            body = json.loads(entry.body)
            if body["party"] == party:
                yield entry.at, _place(body)


def _changes(given: Iterable[tuple[datetime, str]]) -> int:
    """The number of submissions that say something else of a place than one before. `given`: in the order of entry.

    One submission is of one moment, and says nothing twice.
    """
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


def _changed_at(db: Transaction, token: str, replies: Mapping[str, str], now: datetime) -> _Given:
    """All that is said there and not known. InputError where it lets nobody answer; TooManyChanges as `answer_at`."""
    party, draft = address_of(db, token, now).party, opened_draft(db)
    if party not in draft.scenario.parties:  # the year has it no more
        raise no_address()
    actor, changed = draft.scenario.parties[party].name, _changed(draft, party, replies)
    if draft.is_over(now):
        raise Refused(Message("The time to answer is over: call the coordinator."))
    new = ((now, _place(answer_mapping(one))) for one in changed)
    if changed and _changes([*_given_before(draft, party, actor, now - DAY), *new]) > CHANGES_A_DAY:
        raise TooManyChanges
    return _Given(draft, actor, changed)


def _place(body: Mapping[str, object]) -> str:
    return json.dumps([one for key, one in sorted(body.items()) if key not in ("answer", "reported")])


def _changed(draft: Draft, party: str, replies: Mapping[str, str]) -> list[Answered]:
    """The answers that are others than those that are known."""
    for reply in replies.values():
        if reply not in REPLIES:
            raise InputError(
                Message("{given} is no answer: choose one of {known}.", {"given": reply, "known": list(REPLIES)})
            )
    there = {one.name: one for one in questions(draft) if one.party == party}
    if not replies.keys() <= there.keys():
        raise AnotherQuestion
    return [
        replace(there[name].about, answer=reply)
        for name, given in replies.items()
        for reply in REPLIES
        if reply == given != there[name].answer
    ]


def _keep_answers(db: Transaction, draft: Draft, answers: list[Answered], actor: str, now: datetime) -> None:
    if answers:
        reported = local_time(draft.moment(now))
        add(db, draft, [(ANSWERS, {**answer_mapping(one), "reported": reported}) for one in answers], actor, now)
        jobs.outdate(db)
