"""propose: an option is proposed to all who have a part in it; they answer at an address of their own, or to us."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from arshjul.actions.draft import ANSWERS, Draft, StaleDraft, add, keep, opened_draft, refuse_other
from arshjul.actions.options import FoundOption
from arshjul.actions.read_feed import digest_of_token
from arshjul.domain.answer import REPLIES
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.catalogues import words
from arshjul.formats.words import local_time
from arshjul.planning.asking import asked
from arshjul.planning.asking import questions as letters_of
from arshjul.planning.notices import Letter
from arshjul.planning.proposal import Proposal
from arshjul.store import audit, drafts, jobs, outbox, proposals
from arshjul.store.proposals import AnswerAddress, StoredProposal
from arshjul.store.store import Store, Transaction
from arshjul.texts import Words

TOKEN_BYTES = 32
ANSWER_DAYS = 7
"""So long a proposal can be answered, and an address lets in."""


@dataclass(frozen=True, slots=True)
class Question:
    """A party's part in what is proposed of one operation: its answer, who gave it and when; `asked`: none yet."""

    operation: str
    party: str
    answer: str
    actor: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A party's question, ready to go: to its mail `address`, or by telephone where it has none."""

    letter: Letter
    address: str

    def text(self, words: Words) -> tuple[str, str]:
        """Its subject and its body."""
        return words("Can you come?"), "\n".join(words.say(line) for line in self.letter.lines)


def inquiries(draft: Draft, proposal: Proposal) -> list[Inquiry]:
    """The letters of a proposal: to each party what it has not answered yet."""
    known, parties, found = _known(draft, proposal), draft.scenario.parties, []
    pairs = asked(proposal.scenario, proposal.changes)
    for letter in letters_of(proposal.scenario, proposal.changes):
        own = (pair for pair in pairs if pair[1] == letter.to.id)
        open_ = zip(letter.lines, own, strict=True)
        lines = tuple(line for line, pair in open_ if known.get(pair, "asked") == "asked")
        if lines:
            party = parties.get(letter.to.id)
            found.append(Inquiry(replace(letter, lines=lines), "" if party is None else party.email or ""))
    return found


def _known(draft: Draft, proposal: Proposal) -> dict[tuple[str, str], str]:
    """The last answers, by operation and party, to what the proposal asks in the same words: of the same places."""
    before = draft.proposal
    if before is None:
        return {}
    now = proposal.plan.placed
    same = {id for id, place in before.plan.placed.items() if place.same_place(now.get(id))}
    there = (one for one in questions(draft) if one.operation in same and one.actor)
    return {(one.operation, one.party): one.answer for one in there}


def proposal_of(draft: Draft, option: FoundOption) -> Proposal:
    """The option as it would be proposed."""
    return Proposal(draft.scenario, draft.made_plan, option.scenario, option.plan)


def propose(store: Store, number: int, option: str, actor: str, now: datetime, seen: str) -> None:
    """Asks all who have a part in a job's option, and puts the question to each that has an address into the outbox.

    StaleDraft where the job is not of the draft as it was seen.
    """
    with store.writing() as db:
        draft, job = opened_draft(db), jobs.job(db, number)
        refuse_other(draft, seen)
        found = {one.option: one for one in jobs.options(db, number)}
        if job is None or job.version != draft.version or option not in found or draft.plan is None:
            raise StaleDraft
        deadline = draft.moment(now) + timedelta(days=ANSWER_DAYS)
        proposals.write(db, StoredProposal(option, found[option].scenario, found[option].plan, deadline))
        made = opened_draft(db)
        if made.proposal is None:
            raise StaleDraft
        known, reported = _known(draft, made.proposal), local_time(made.moment(now))
        bodies = [
            {"operation": operation, "party": party, "answer": "asked", "reported": reported}
            for operation, party in asked(made.proposal.scenario, made.proposal.changes)
            if (operation, party) not in known
        ]
        drafts.add_entries(db, ((ANSWERS, json.dumps(body, ensure_ascii=False)) for body in bodies), actor, now)
        said = words(made.scenario.language)
        for one in inquiries(draft, made.proposal):
            if one.address:
                outbox.add(db, one.letter.to.id, one.address, one.text(said), actor, now, asks=True)
        keep(db, made, made, said)


def questions(draft: Draft) -> list[Question]:
    """Everything that is asked, each with its last answer."""
    proposal = draft.proposal
    if proposal is None:
        return []
    last = {}
    for entry in draft.waiting:
        if entry.list == ANSWERS:
            body = json.loads(entry.body)
            last[body["operation"], body["party"]] = Question(
                body["operation"], body["party"], body["answer"], entry.actor, entry.at
            )
    return [
        last.get((operation, party), Question(operation, party, "asked"))
        for operation, party in asked(proposal.scenario, proposal.changes)
    ]


def answer(store: Store, party: str, replies: Mapping[str, str], actor: str, now: datetime) -> None:
    """Keeps a party's answers by operation, all or none; each takes an earlier one's place.

    The draft stays the one that was seen, whatever anybody is entering; only what was worked out without the
    answers is of it no more. Refused after the deadline, or where one is not asked about.
    """
    for reply in replies.values():
        if reply not in REPLIES:
            raise InputError(
                Message("{given} is no answer: choose one of {known}.", {"given": reply, "known": list(REPLIES)})
            )
    with store.writing() as db:
        draft = opened_draft(db)
        there = {one.operation for one in questions(draft) if one.party == party}
        if gone := [operation for operation in replies if operation not in there]:
            raise Refused(Message("Nothing is asked of you about {operation} any more.", {"operation": gone[0]}))
        if draft.deadline is not None and draft.moment(now) > draft.deadline:
            raise Refused(Message("The time to answer is over: call the coordinator."))
        known = {"party": party, "reported": local_time(draft.moment(now))}
        items = [(ANSWERS, {"operation": id, "answer": reply, **known}) for id, reply in replies.items()]
        add(db, draft, items, actor, now)
        jobs.outdate(db)


def hand_out(store: Store, party: str, actor: str, now: datetime) -> str:
    """A new token at which that party answers; the one that it had lets nobody in any more."""
    with store.writing() as db:
        token = new_address(db, party, now)
        audit.add(db, now, actor, "ask", f"address of {party}")
        proposals.close_others(db, party, digest_of_token(token).hex(), now)
    return token


def new_address(db: Transaction, party: str, now: datetime) -> str:
    """A token at which that party answers, beside the one that it has."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    digest = digest_of_token(token).hex()
    proposals.add_address(db, AnswerAddress(digest, party, now, now + timedelta(days=ANSWER_DAYS)))
    return token


def party_of(store: Store, token: str, now: datetime) -> str:
    """The party that answers at that address. InputError where it lets nobody answer."""
    with store.reading() as db:
        found = proposals.address(db, digest_of_token(token).hex(), now)
    if found is None:
        raise InputError(Message("This address is not valid any more: ask the coordinator for a new one."))
    return found.party
