"""publish, from the draft: the difference as each party will see it, and the publishing bound to it; and its undo."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import Message, Refused, StorageError
from arshjul.office.draft.answers import Unanswered, unanswered, withdrawal_letters
from arshjul.office.draft.draft import UNDONE, AlreadyDone, Draft
from arshjul.office.draft.stored_draft import keep, opened_draft, seen_draft
from arshjul.office.draft.take_back import let_edits_wait
from arshjul.office.publishing.publish import Cause, Published, publish
from arshjul.office.publishing.revision_messages import RevisionMessages, letters_of
from arshjul.office.publishing.served_revision import published_year, whole_scenario
from arshjul.office.publishing.stale_revision import StaleRevision, seen_from
from arshjul.office.publishing.undoable import Undoable, undoable
from arshjul.office.store import drafts, revisions
from arshjul.office.store.revisions import Revision
from arshjul.office.store.store import Store
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.agenda.cause import kind_of
from arshjul.year.agenda.channel import Channel
from arshjul.year.agenda.entry import Event
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.party import Party
from arshjul.year.agenda.view import view
from arshjul.year.domain.entries.amendment import Cancelled, Nominated, Undone
from arshjul.year.domain.entries.entries import Entries, holds
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.reading import moment_in
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.json_guard import json_bytes
from arshjul.year.formats.plan.entries import subject_of
from arshjul.year.formats.plan.plan_folder import PLAN, PlanFolder, plan_bytes, scenario_bytes
from arshjul.year.formats.words import local_time
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.letters.notices import Letter, Notices, notices
from arshjul.year.planning.letters.year_log import year_log
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.replan import replan_from
from arshjul.year.planning.replan.undo import staying
from arshjul.year.texts import Words, counted

FEWEST_CHANGES = "fewest-changes"
"""The option by which a publishing is taken back: whatever need not move for it stays."""


class DraftDifference(NamedTuple):
    """The effect of publishing the draft on each party. `digest` identifies it: only what was shown is published.

    `news` is None if nothing is served yet: then everybody gets everything. `letters`: the message to each party.
    `silent` are the parties that were asked and have not answered questions that this decides. `stay`: a sentence for
    each operation that does not go back though its change is taken back.
    """

    news: Notices | None
    letters: tuple[Letter, ...]
    digest: str
    silent: tuple[str, ...] = ()
    stay: tuple[Message, ...] = ()


class OtherDifference(Refused):
    def __init__(self) -> None:
        super().__init__(Message("The difference has changed, and nothing was published. Check it and publish again."))


class NotAnswered(Refused):
    def __init__(self) -> None:
        super().__init__(
            Message(
                "Some parties have not answered, and nothing was published: "
                "tick below to publish without their answers."
            )
        )


def difference(draft: Draft, say: Words, undecided: Unanswered = ()) -> DraftDifference:
    plan, served = draft.made_plan, draft.served
    news, stay = None, tuple[Message, ...]()
    if served is not None:
        if plan.placing.revision > served.plan.revision:
            stay = tuple(staying(draft.scenario, plan).values())
        shown = seen_from(plan, served, plan.as_of)
        news = notices(draft.scenario, served.scenario, served.plan.placed, shown)
    letters = letters_of(draft.scenario, plan, news)
    lines = [[str(letter.to), *(say.say(line) for line in letter.lines)] for letter in letters]
    digest = digest_of(json_bytes([draft.stamp, None if served is None else served.revision.hash, lines]))
    return DraftDifference(news, letters, digest, tuple(dict.fromkeys(one.party for one, _ in undecided)), stay)


def has_difference(draft: Draft) -> bool:
    """True if there is something to publish: a plan that is not the served one, nor an earlier one's."""
    return draft.plan is not None and not draft.has_served_plan and not draft.is_overtaken


def silent_said(draft: Draft, found: DraftDifference) -> Message:
    parties = draft.named.parties
    return counted(
        len(found.silent),
        "{parties} has not answered. Publishing decides without the answer, and the party is told.",
        "{n} parties have not answered: {parties}. Publishing decides without their answers, and they are told.",
        parties=[parties[id].name if id in parties else id for id in found.silent],
    )


def first_reason(draft: Draft, say: Words) -> str:
    """The causes of the entries that this plan answers and the served one does not, as a suggested reason."""
    if draft.plan is None or draft.served is None:
        return say("the year's first plan")
    known, entries = draft.served.plan.entries, draft.plan.entries
    new = [kind_of(withdrawal) for withdrawal in entries.withdrawals if withdrawal not in known.withdrawals]
    if any(not filling.is_replan for filling in entries.fillings if filling not in known.fillings):
        new.append(Message("the week's objects"))
    if any(isinstance(change, Undone) for change in entries.changes[len(known.changes) :]):
        new.append(Message("an undone publishing"))
    return say.enumeration(list(dict.fromkeys(map(say.say, new))))


def part_of(draft: Draft, party: Party, say: Words) -> list[Event]:
    """The calendar of a party with the draft's plan by date, as if it had been told nothing before."""
    entries = view(draft.made_plan, draft.scenario, Channel(party), FeedHistory(), say).entries
    return sorted((entry.event for entry in entries), key=lambda event: (event.day, str(event.starts)))


def publish_draft(store: Store, digest: str, cause: Cause, *, mail: bool = False, is_sure: bool = False) -> Published:
    """Publishes the draft as it was shown, and notes that each party is to be told.

    With `mail`, messages are mailed to parties with an address; the others are to be called. AlreadyDone if its plan is
    served; OtherDifference if the draft is not the one shown; NotAnswered if a party has not answered, unless
    `is_sure`; OvertakenDraft if somebody else has published since the draft began.
    """
    with store.reading() as db:
        draft = opened_draft(db)
        undecided = unanswered(db, draft)
        questions = withdrawal_letters(db, draft.scenario, undecided)
    draft.refuse_overtaken()
    if draft.has_served_plan and draft.published is not None:
        values = {"n": draft.published.plan_revision}
        raise AlreadyDone(Message("Version {n} of the plan is already published.", values))
    if difference(draft, words(draft.scenario.language), undecided).digest != digest:
        raise OtherDifference
    if undecided and not is_sure:
        raise NotAnswered

    def telling(made: RevisionMessages) -> None:
        made.tell(mail=mail)
        made.withdraw(questions, mail=mail)
        let_edits_wait(made)

    read = folder_of(draft)
    seen = None if draft.served is None else draft.served.revision.hash
    try:
        done = publish(store, read, cause, seen, telling)
    except StaleRevision:
        with store.reading() as db:
            opened_draft(db).refuse_overtaken()
        raise
    with suppress(StorageError), store.writing() as db:  # published: the draft is recognised as such anyway
        now = opened_draft(db)
        if now.version == draft.version and now.clock is None and now.given is None:  # waiting entries may refer to it
            drafts.forget(db)
    return done


def folder_of(draft: Draft) -> PlanFolder:
    return plan_folder(draft.scenario, draft.made_plan)


def plan_folder(scenario: Scenario, plan: Plan) -> PlanFolder:
    """A plan and its scenario, with its sites, as a plan folder that is not on disk."""
    whole = scenario_bytes(scenario)
    written = plan_bytes(plan, scenario, whole, words(scenario.language))
    return PlanFolder(Path(), scenario, plan, plan.status, {PLAN: written})


def last_publishing(store: Store) -> Revision | None:
    """The publishing that can be taken back, if there is a reason to none other; None if it was the first one."""
    with store.reading() as db:
        made = [revision for revision in revisions.REVISIONS.all(db) if revision.kind == revisions.PUBLISH]
    return made[-1] if len(made) > 1 else None


def undo(store: Store, number: int, actor: str, now: datetime, seen: str, *, again: bool) -> None:
    """Refused if it is the first one, or waits to be taken back already, or a plan was chosen since."""
    with store.writing() as db:
        draft = seen_draft(db, seen)
        draft.refuse_overtaken()
        found = undoable(db, number)
        if draft.undoing is not None:
            raise Refused(Message("Version {n} of the plan already waits to be undone.", {"n": max(found.versions)}))
        if not draft.has_served_plan:
            raise Refused(Message("A chosen plan is not published: publish it, or start over, before you undo."))
        item = {
            "publishing": found.revision.number,
            "hash": found.revision.hash,
            "versions": found.versions,
            "again": again,
            "reported": local_time(draft.moment(now)),
        }
        drafts.add_entries(db, [(UNDONE, item)], actor, now)
        keep(db, draft, draft)
        opened_draft(db).refuse_no_edit(now)


class PublishedUndo(NamedTuple):
    """The revision that took a publishing back. `stay` are the operations that could not go back, each with why.

    `entries`: a sentence for each that was entered for it, which waits again or is taken back too.
    """

    published: Published
    undone: Undoable
    entries: tuple[Message, ...]
    stay: Mapping[str, Message]
    is_proven: bool


def publish_undo(
    store: Store,
    number: int | None,
    cause: Cause,
    effort: Effort,
    *,
    again: bool,
    mail: bool,
    as_of: datetime | None = None,
) -> PublishedUndo:
    """Takes a publishing back at once, and tells parties once; `number` None: the last one.

    `as_of`: by default now, or a rehearsal's last moment. StaleRevision if somebody publishes meanwhile; else refused
    as `undo`, and where the last one is an undo.
    """
    with store.reading() as db:
        served, found = published_year(db), undoable(db, number)
        scenario = whole_scenario(db, served)
    if number is None:
        _refuse_undo_of_undo(found)
    moment = moment_in(scenario, as_of or cause.now).replace(second=0, microsecond=0)
    if served.is_rehearsal and as_of is None:
        moment = served.plan.as_of
    moment = max(moment, served.plan.as_of)
    entries = Entries((replace(found.undone(again=again), reported=moment),))
    begun = replan_input(scenario, served.plan, entries, moment)
    made = replan_from(begun, served.plan, effort, (FEWEST_CHANGES,))
    plan = made.options[FEWEST_CHANGES]

    def telling(messages: RevisionMessages) -> None:
        messages.tell(mail=mail)
        let_edits_wait(messages)

    read = plan_folder(made.scenario, plan)
    done = publish(store, read, cause, served.revision.hash, telling)
    is_proven = all(level.proven for level in plan.levels)
    return PublishedUndo(done, found, _entries_undone(found, plan), staying(made.scenario, plan), is_proven)


def _entries_undone(found: Undoable, plan: Plan) -> tuple[Message, ...]:
    """What was entered for the publishing and holds no longer in the plan that takes it back, in the order of the log.

    Of several entries about the same the latest. What nominated an operation that has begun holds.
    """
    undone, latest = plan.entries.undone, dict[object, Message]()
    for line in year_log(found.after.scenario, found.after.plan.entries):
        entry = line.entry
        if entry.revision not in found.versions or holds(entry, undone.get(entry.revision)):
            continue
        has_begun = isinstance(entry, Nominated) and entry.operation.id in plan.placed
        if not has_begun and not (isinstance(entry, Cancelled) and entry.undone):  # the latter nobody entered
            latest.setdefault(subject_of(entry) or id(entry), line.text)
    return tuple(latest.values())


def _refuse_undo_of_undo(last: Undoable) -> None:
    """Refused if the last publishing takes another one back: a command given twice would let that hold again."""
    entries = last.after.plan.entries
    if back := [version for own in last.versions for undone in entries.undone_by(own) for version in undone.versions]:
        values = {"versions": back, "number": last.revision.number}
        raise Refused(
            Message(
                "The last publishing undid version {versions} of the plan. Give --revision {number} "
                "to let that hold again.",
                values,
            )
        )
