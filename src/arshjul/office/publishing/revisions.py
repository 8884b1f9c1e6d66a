"""revisions: what was published, when, by whom and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.office.store import revisions as stored
from arshjul.office.store.events import Mended
from arshjul.office.store.revisions import Revision
from arshjul.office.store.store import Store, Transaction

KINDS = {"publish": Message("published"), "refresh": Message("refreshed"), Mended.action: Message("mended")}

REASONS = {"refresh": Message("seen from today"), Mended.action: Message("seen from today, after a wrong clock")}
"""The reasons of the kinds that have no given one."""


class Listed(NamedTuple):
    """A revision, and the withdrawals that it answers: their ids, and each as JSON."""

    revision: Revision
    causes: Mapping[str, str]


class RevisionList(NamedTuple):
    revisions: tuple[Listed, ...]
    served: int | None


def revisions(store: Store) -> RevisionList:
    with store.reading() as db:
        listed = tuple(Listed(revision, stored.causes(db, revision.number)) for revision in stored.REVISIONS.all(db))
        return RevisionList(listed, stored.pointer(db))


def told_versions(db: Transaction) -> Mapping[int, datetime]:
    """The versions of the plan that were published, each with when first; between them a draft may have had others."""
    published = (revision for revision in reversed(list(stored.REVISIONS.all(db))) if revision.kind == stored.PUBLISH)
    return {revision.plan_revision: revision.published_at for revision in published}


def reason_said(revision: Revision) -> Message:
    """The reason of a revision: in its publisher's words, or a standard one for a refresh or mend."""
    if revision.kind in REASONS:
        return REASONS[revision.kind]
    return Message("{reason}", {"reason": revision.reason})
