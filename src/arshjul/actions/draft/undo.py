"""undo: takes a publishing back, by the next revision: in the draft as an entry that waits, or at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.actions.draft.draft import UNDONE, keep, opened_draft, refuse_overtaken, seen_draft
from arshjul.actions.draft.kept_edit import let_edits_wait
from arshjul.actions.draft.publish_draft import plan_folder
from arshjul.actions.folder.reading import moment_in
from arshjul.actions.publishing.publish import Cause, Published, publish
from arshjul.actions.publishing.revision_messages import RevisionMessages
from arshjul.actions.publishing.served_revision import published_year, whole_scenario
from arshjul.actions.publishing.undoable import Undoable, undoable
from arshjul.domain.entries.entries import Entries
from arshjul.errors import Message, Refused
from arshjul.formats.words import local_time
from arshjul.planning.effort import Effort
from arshjul.planning.replan.input import replan_input
from arshjul.planning.replan.replan import replan_from
from arshjul.planning.replan.undo import staying
from arshjul.store import drafts, revisions
from arshjul.store.revisions import Revision
from arshjul.store.store import Store

FEWEST_CHANGES = "fewest-changes"
"""The option by which a publishing is taken back: whatever need not move for it stays."""


def last_publishing(store: Store) -> Revision | None:
    """The publishing that can be taken back, if there is a reason to none other; None if it was the first one."""
    with store.reading() as db:
        made = [one for one in revisions.REVISIONS.all(db) if one.kind == revisions.PUBLISH]
    return made[-1] if len(made) > 1 else None


def undo(store: Store, number: int, actor: str, now: datetime, seen: str, *, again: bool) -> None:
    """Refused if it is the first one, or waits to be taken back already, or a plan was chosen since."""
    with store.writing() as db:
        draft = seen_draft(db, seen)
        refuse_overtaken(draft)
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
        drafts.add_entries(db, [(UNDONE, json.dumps(item))], actor, now)
        keep(db, draft, draft, now)
        opened_draft(db).refuse_no_edit(now)


@dataclass(frozen=True, slots=True)
class PublishedUndo:
    """The revision that took a publishing back. `stay` are the operations that could not go back, each with why."""

    published: Published
    undone: Undoable
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
        messages.put(mail=mail)
        let_edits_wait(messages)

    read = plan_folder(made.scenario, plan)
    done = publish(store, read, cause, served.revision.hash, telling)
    return PublishedUndo(done, found, staying(made.scenario, plan), all(level.proven for level in plan.levels))


def _refuse_undo_of_undo(last: Undoable) -> None:
    """Refused if the last publishing takes another one back: a command given twice would let that hold again."""
    entries = last.after.plan.entries
    if back := [version for own in last.versions for one in entries.undone_by(own) for version in one.versions]:
        values = {"versions": back, "number": last.revision.number}
        raise Refused(
            Message(
                "The last publishing undid version {versions} of the plan. Give --revision {number} "
                "to let that hold again.",
                values,
            )
        )
