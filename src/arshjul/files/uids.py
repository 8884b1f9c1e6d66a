"""Ids that would make two feed events, or two feed files, one and the same (contract 5).

Compared without regard to case: programs and file systems that ignore it are common.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from arshjul.errors import Message
from arshjul.files.references import ids, ids_at
from arshjul.files.schema.words import quoted
from arshjul.files.tree import Document, Loc


def judge_uids(document: Document) -> None:
    """Notes the ids that have to be others."""
    for section in ("agencies", "police"):  # feeds/agency-ID.ics
        _judge(document, [(id, loc) for id, loc in ids(document, section).items()])
    operations = ids(document, "operations")
    _judge(document, [("note", None), *_meetings(document), *operations.items()], _milestones(document))


def _judge(document: Document, plain: list[tuple[str, Loc | None]], composed: Iterable[tuple[str, Loc]] = ()) -> None:
    owners: dict[str, tuple[str, Loc | None]] = {}
    for uid, loc in plain:
        other, _ = owners.setdefault(uid.casefold(), (uid, loc))
        if other is not uid and loc is not None:
            _note(document, loc, uid, other)
    made: dict[str, str] = {}
    for uid, loc in composed:
        folded = uid.casefold()
        if folded in owners:
            other, at = owners[folded]
            _note(document, at or loc, other, uid)
        elif folded in made:
            _note(document, loc, uid, made[folded])
        made[folded] = uid


def _note(document: Document, loc: Loc, uid: str, other: str) -> None:
    values = {"given": quoted(uid), "other": quoted(other)}
    document.add("bad-id", loc, Message("In the feeds {given} and {other} are the same: choose another id", values))


def _meetings(document: Document) -> Iterator[tuple[str, Loc | None]]:
    for loc, id in ids_at(document.tree, "cycle.meetings[].id"):
        dates = document.tree.at((*loc[:-1], "dates"))
        for day in dates.value if dates is not None and isinstance(dates.value, list) else ():
            if isinstance(day, (date, str)):
                yield f"meeting.{id}.{str(day)[:10].replace('-', '')}", loc


def _milestones(document: Document) -> Iterator[tuple[str, Loc]]:
    """The UIDs of every operation's milestones; the operation's id is what can be changed."""
    milestones = dict.fromkeys(id for _, id in ids_at(document.tree, "cycle.milestones[].id"))
    for id, loc in ids(document, "operations").items():
        for milestone in milestones:
            yield f"{id}.{milestone}", loc
