"""The sheets for entries of a year: withdrawals, outcomes, changes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from arshjul.errors import Message
from arshjul.year.domain.entries.amendment import Outcome
from arshjul.year.domain.entries.learnt import LEARNT as LISTS
from arshjul.year.domain.entries.learnt import (
    PLAIN,
    AgendaPoint,
    Improvement,
    MeetingAction,
    MeetingMinutes,
    PartyCard,
    PartyEvaluation,
)
from arshjul.year.domain.entries.obstacle import SharingObstacle
from arshjul.year.domain.entries.picture import SituationPicture, Theme
from arshjul.year.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.plan import MODELS
from arshjul.year.formats.workbook.calendar_notation import Dates, Day
from arshjul.year.formats.workbook.notation import OneOf, Ref, Refs
from arshjul.year.formats.workbook.sheet_kinds import ListSheet, MixedSheet, PartSheet
from arshjul.year.formats.workbook.table import SheetColumn, columns, in_order
from arshjul.year.formats.workbook.tables import BY_REPORT


def _mixed(
    id: str,
    word: Message,
    shapes: Mapping[str, type[BaseModel]],
    kind: SheetColumn,
    order: Sequence[str],
    *,
    named: Collection[str] = (),
    **about: Any,
) -> MixedSheet:
    """The sheet of several lists, by the shapes of their parts: keys with one heading share a column.

    Of those keys, the column has the words and the notation of the first that holds several values, or else of the
    first. `order` is that of the columns; a cell names agencies by their names where the column is `named`.
    """
    of_list = {name: columns(shape) for name, shape in shapes.items()}
    by_heading: dict[str, SheetColumn] = {}
    for column in (column for own in of_list.values() for column in own):
        known = by_heading.setdefault(column.en, column)
        if _holds_several(column) and not _holds_several(known):
            by_heading[column.en] = column
    shared = {heading: replace(one, needed=False, empty=None) for heading, one in by_heading.items()}
    for heading, one in shared.items():
        if one.path[0] in named and isinstance(one.notation, Ref):
            shared[heading] = replace(one, notation=replace(one.notation, named=True))
    pairs = [(own, shared[own.en]) for found in of_list.values() for own in found]
    return MixedSheet(
        id, word, ", ".join(f"{name}[]" for name in shapes), tuple(in_order((kind, *shared.values()), order)),
        kinds={name: {shared[own.en].path: own.path for own in found} for name, found in of_list.items()},
        single={own.path for own, one in pairs if isinstance(own.notation, Ref | Day) and _holds_several(one)},
        **about,
    )  # fmt: skip


def _holds_several(column: SheetColumn) -> bool:
    return isinstance(column.notation, Refs | Dates)


# fmt: off
# A column is a line.

WITHDRAWALS = _mixed(
    "withdrawals", Message("Withdrawals"),
    {"withdrawals": shape(Withdrawal), "given_back": shape(GivenBack), "still": shape(Still)},
    SheetColumn(("kind",), Message("Kind"), OneOf({
        "withdrawals": ("avbokning", "withdrawal"), "given_back": ("åter", "given back"), "still": ("kvarstår", "still"),
    }), Message("withdrawal, given back or still (until further notice). Empty: withdrawal.")),
    (*BY_REPORT, "kind"),
    usual_kind="withdrawals", ids="withdrawals",
    about=Message("A row is a withdrawal, or its return. For --withdrawals of replan and today."),
    step=Message("During the year: withdrawals."),
)
OUTCOMES = ListSheet(
    "outcomes", Message("Outcomes"), "outcomes[]", columns(shape(Outcome), ("operation", "reported", "result", "date")),
    about=Message("A row is the outcome of an operation. For --outcomes of replan."),
    step=Message("During the year: outcomes."),
)
OBSTACLES = ListSheet(
    "obstacles", Message("Obstacles"), "obstacles[]", columns(shape(SharingObstacle), ("id", "reported", "date", "operation", "asker", "asked")),
    about=Message("A row is an obstacle to sharing, in categories alone. For --changes of replan."),
)
_CHANGE_KINDS = {  # the third word is read too
    "cancelled": ("stryks", "cancelled"), "pinned": ("låses", "pinned", "fästs"), "unpinned": ("låses upp", "unpinned", "lossas"), "not_on": ("ej datum", "not on"),
    "without_police": ("utan polis", "without police"), "fewer_officers": ("färre poliser", "fewer officers"),
    "promoted": ("tas in", "promoted"), "left_out": ("lämnas ute", "left out"), "agencies": ("lag borta", "teams lost"), "answers": ("svar", "answer"),
    "held": ("hölls", "held"),
}
CHANGES = _mixed(
    "changes", Message("Changes"), {kind: MODELS[kind] for kind in _CHANGE_KINDS},
    SheetColumn(("kind",), Message("Change"), OneOf(_CHANGE_KINDS), Message("cancelled, pinned, unpinned, not on, without police, fewer officers, promoted, left out, teams lost, held, answer."), True),
    ("operation", "reported", "kind", "dates", "shifts", "police", "agency", "from", "to", "weekdays", "officers", "cause", "party", "answer", "any_of", "milestone", "id"),
    named=("agency",),
    about=Message("A row is a change. For --changes of replan."),
    step=Message("During the year: changes."),
)
EVALUATIONS = ListSheet(
    "evaluations", Message("Evaluations"), "evaluations[]", columns(shape(PartyEvaluation), ("operation", "party", "reported")),
    about=Message("A row is a party's evaluation of an operation. For --changes of replan."),
)
IMPROVEMENTS = ListSheet(
    "improvements", Message("Improvements"), "improvements[]", columns(shape(Improvement), ("id", "from", "reported", "observation", "cause", "kind", "action", "owner", "due", "state", "reason")),
    about=Message("A row is an improvement after an operation. For --changes of replan."),
)
CARDS = ListSheet(
    "cards", Message("Cards"), "cards[]", columns(shape(PartyCard), ("party", "reported", "may", "may_not", "looks_for", "told_when", "before", "phone", "sectors", "review_by")),
    about=Message("A row is a party's card, for all to read. For --changes of replan."),
)
AGENDA_POINTS = ListSheet(
    "agenda_points", Message("Points for meetings"), "agenda_points[]", columns(shape(AgendaPoint), ("party", "meeting", "date", "reported", "point")),
    about=Message("A row is a party's point for a meeting. For --changes of replan."),
)
MINUTES = ListSheet(
    "minutes", Message("Meeting minutes"), "minutes[]", columns(shape(MeetingMinutes), ("meeting", "date", "reported", "agenda", "came", "said", "approved_on")),
    about=Message("A row is a meeting on a date. For --changes of replan."),
)
MEETING_ACTIONS = ListSheet(
    "meeting_actions", Message("After meetings"), "meeting_actions[]", columns(shape(MeetingAction), ("id", "meeting", "date", "reported", "action", "party", "due", "state")),
    about=Message("A row is a party's action after a meeting. For --changes of replan."),
)
PICTURES = PartSheet(
    "pictures", Message("Situation picture"), "pictures[].themes[]", (*columns(shape(SituationPicture), ("id", "by", "reported", "area", "period", "valid_to")), *columns(shape(Theme))),
    named="sector", own=tuple(shape(Theme).model_fields),
    about=Message("A row is a party's view of a sector in an area. Rows of one number make one picture. For --changes of replan."),
)

ENTERED = (WITHDRAWALS, OUTCOMES, CHANGES)
"""The sheets that every workbook has, empty, to be filled in."""
LEARNT = (EVALUATIONS, IMPROVEMENTS, OBSTACLES, CARDS, AGENDA_POINTS, MINUTES, MEETING_ACTIONS, PICTURES, *(
    ListSheet(name, words.many, f"{name}[]", columns(shape(LISTS[name])), about=words.about) for name, words in PLAIN.items()
))
"""The sheets that a workbook has where there is something in them."""
ENTRY_TABLES = (*ENTERED, *LEARNT)
