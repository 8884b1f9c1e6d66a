"""Ids that would give two feed events, or two feed files, the same name.

Compared without regard to case, as many programs and file systems do.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from arshjul.agenda.channel import MARKS, Uids
from arshjul.domain.calendar import WEEKDAY_IDS, Span
from arshjul.domain.settings import Every
from arshjul.errors import Message
from arshjul.formats.scenario.consistency import days_at
from arshjul.formats.scenario.references import ids, ids_at
from arshjul.formats.tree import Document, Loc
from arshjul.formats.words import quoted

_UIDS = Uids(host="")  # the plan's name is the same in all of them


def judge_uids(document: Document) -> None:
    """Notes the ids that must be changed."""
    agencies = ids(document, "agencies").items()
    for_units = any(word == "police" for _, word in ids_at(document.tree, "cycle.milestones[].parties[]"))
    for parties, has_milestones in ((ids(document, "police").items(), for_units), (agencies, True)):
        further = [(f"{id}{MARKS['milestones']}", loc) for id, loc in parties] if has_milestones else []
        _claims(document, [*further, *parties])  # feeds/police-ID.ics and the like
    operations = ids(document, "operations")
    plain = [
        (_UIDS.operation(id, date), loc)
        for id, loc in operations.items()
        for date in range(1, days_at(document, loc) + 1)
    ]
    owners = _claims(document, [(_UIDS.note(), None), *_meetings(document), *plain])
    milestones = dict.fromkeys(id for _, id in ids_at(document.tree, "cycle.milestones[].id"))
    made: dict[str, str] = {}
    for operation, loc in operations.items():
        for milestone in milestones:
            uid = _UIDS.milestone(operation, milestone)
            folded = uid.casefold()
            if folded in owners or made.get(folded, operation) != operation:
                values = {"given": _shown(uid), "operation": quoted(operation), "milestone": quoted(milestone)}
                text = Message("{given} is what feeds call {milestone} of {operation}: choose another id.", values)
                document.add("bad-id", owners.get(folded) or loc, text)
            made[folded] = operation


def _claims(document: Document, uids: Iterable[tuple[str, Loc | None]]) -> Mapping[str, Loc | None]:
    """The owner of each UID, in lower case; a second owner is noted."""
    first: dict[str, str] = {}
    owners: dict[str, Loc | None] = {}
    for uid, loc in uids:
        folded = uid.casefold()
        if loc is not None and loc != owners.get(folded, loc):
            values = {"given": _shown(uid), "other": _shown(first[folded])}
            if uid == first[folded]:
                text = Message("{given} is already an id in the feeds: choose another.", values)
            else:
                text = Message(
                    "{given} and {other} differ only by capitals, which feeds ignore: choose another id.", values
                )
            document.add("bad-id", loc, text)
        first.setdefault(folded, uid)
        owners.setdefault(folded, loc)
    return owners


def _shown(uid: str) -> str:
    return quoted(uid.removesuffix("@"))


def _meetings(document: Document) -> Iterator[tuple[str, Loc | None]]:
    for loc, id in ids_at(document.tree, "cycle.meetings[].id"):
        dates = document.tree.at((*loc[:-1], "dates"))
        for day in dates.value if dates is not None and isinstance(dates.value, list) else ():
            if isinstance(day, date):  # invalid values are noted already; in scenario.json all was judged before
                yield _UIDS.meeting(id, day), loc
        for day in _standing(document, (*loc[:-1], "every")):
            yield _UIDS.meeting(id, day), loc


def _standing(document: Document, loc: Loc) -> Iterator[date]:
    """All dates of a standing meeting's weekday, closed ones too; none of one that is wrong."""

    def value(*at: str | int) -> object:
        node = document.tree.at(at)
        return None if node is None else node.value

    weekday = value(*loc, "weekday")
    first, last = (value(*loc, key) or value("plan", key) for key in ("from", "to"))
    if weekday in WEEKDAY_IDS and isinstance(first, date) and isinstance(last, date):
        yield from Every(WEEKDAY_IDS.index(weekday)).days(Span(first, last))
