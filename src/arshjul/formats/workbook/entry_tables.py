"""The sheets for entries of a year: withdrawals, outcomes, changes."""

from arshjul.errors import Message
from arshjul.formats.schema.entry import WrittenOutcome
from arshjul.formats.workbook.calendar_notation import Dates, DayAndTime
from arshjul.formats.workbook.columns import columns
from arshjul.formats.workbook.notation import Flag, FreeText, Id, OneOf, Ref, Refs, Whole
from arshjul.formats.workbook.sheet_kinds import ListSheet, MixedSheet
from arshjul.formats.workbook.table import Path, SheetColumn
from arshjul.formats.workbook.tables import FROM, SHIFTS, TO, WEEKDAYS

# fmt: off
# A column is a line.

def _keys(*same: str, **other: str) -> dict[Path, Path]:
    """The keys of a list for the columns of a sheet: those with equal names, and the others."""
    return {(column,): (key,) for column, key in (*zip(same, same, strict=True), *other.items())}


WITHDRAWALS = MixedSheet(
    "withdrawals", Message("Withdrawals"), (),
    (
        SheetColumn(("id",), Message("No"), Id(), Message("Number of the withdrawal, or of what is given back."), also=("Id",)),
        SheetColumn(("reported",), Message("Reported"), DayAndTime(), Message("When it was told: 2027-05-12 06:30. Empty: the moment of the replan.")),
        SheetColumn(("police",), Message("Units"), Refs("police"), Message("Who takes back officers."), also=("Enhet", "Unit")),
        FROM, TO,
        SheetColumn(("until_further_notice",), Message("Until further notice"), Flag(), Message("yes: its end is not known; leave To empty.")),
        SHIFTS,
        SheetColumn(("officers",), Message("Officers left"), Whole(), Message("How many are left in each shift. Empty: none.")),
        SheetColumn(("cause",), Message("Cause"), FreeText(), Message("One word, like shooting. You and that unit alone read it.")),
        SheetColumn(("kind",), Message("Kind"), OneOf({
            "withdrawals": ("avbokning", "withdrawal"), "given_back": ("åter", "given back"), "still": ("kvarstår", "still"),
        }), Message("withdrawal, given back or still (until further notice). Empty: withdrawal.")),
        SheetColumn(("withdrawal",), Message("Of"), Ref("withdrawals", named=False), Message("The withdrawal that is given back or goes on.")),
    ),
    kinds={
        "withdrawals": _keys("id", "reported", "police", "from", "to", "until_further_notice", "shifts", "cause", officers="officers_left"),
        "given_back": _keys("id", "reported", "withdrawal", "from", "to", "shifts", "officers"),
        "still": _keys("withdrawal", "reported"),
    },
    usual_kind="withdrawals", ids="withdrawals",
    about=Message("A row is what the police took back, gave back, or still keep. Given to replan and today with --withdrawals."),
)  # fmt: skip

OUTCOMES = ListSheet(
    "outcomes", Message("Outcomes"), ("outcomes",), columns(WrittenOutcome, ("operation", "reported", "result", "date")),
    about=Message("A row is what became of an operation on its day. Given to replan with --outcomes."),
)  # fmt: skip

CHANGE_KINDS = {
    "cancelled": ("stryks", "cancelled"), "pinned": ("fästs", "pinned"), "unpinned": ("lossas", "unpinned"), "not_on": ("ej datum", "not on"),
    "without_police": ("utan polis", "without police"), "fewer_officers": ("färre poliser", "fewer officers"),
    "promoted": ("tas in", "promoted"), "left_out": ("lämnas ute", "left out"), "agencies": ("lag borta", "teams lost"), "answers": ("svar", "answer"),
    "held": ("hölls", "held"),
}  # fmt: skip
ANSWERS = {"asked": ("frågad", "asked"), "yes": ("ja", "yes"), "no": ("nej", "no")}

CHANGES = MixedSheet(
    "changes", Message("Changes"), (),
    (
        SheetColumn(("operation",), Message("Operation"), Ref("operations", named=False), Message("The operation's number. Empty where an agency loses teams."), also=("Nr", "No")),
        SheetColumn(("reported",), Message("Reported"), DayAndTime(), Message("When it was told. Empty: the moment of the replan.")),
        SheetColumn(("kind",), Message("Change"), OneOf(CHANGE_KINDS), Message("cancelled, pinned, unpinned, not on, without police, fewer officers, promoted, left out, teams lost, held, answer."), True),
        SheetColumn(("dates",), Message("Dates"), Dates(), Message("pinned: its date. held: the date on which it was. not on: dates, weeks and periods.")),
        SheetColumn(("shifts",), Message("Shifts"), Refs("shifts"), Message("pinned: its shift. teams lost: shifts; empty: all."), also=("Shift",)),
        SheetColumn(("police",), Message("Unit"), Ref("police"), Message("pinned: its unit. Empty: any.")),
        SheetColumn(("agency",), Message("Agency"), Ref("agencies"), Message("not on: who asks. teams lost: who loses them.")),
        FROM, TO, WEEKDAYS,
        SheetColumn(("number",), Message("Number"), Whole(), Message("fewer officers: the number that is enough. teams lost: teams left; empty: none.")),
        SheetColumn(("cause",), Message("Cause"), FreeText(), Message("You and that agency alone read it.")),
        SheetColumn(("party",), Message("Party"), Ref("parties"), Message("answer: the agency or unit that answers.")),
        SheetColumn(("answer",), Message("Answer"), OneOf(ANSWERS), Message("answer: asked, yes or no.")),
        SheetColumn(("any_of",), Message("Chosen"), Refs("agencies", named=False), Message("pinned: the agency chosen of each group in One of. Empty: any.")),
        SheetColumn(("milestone",), Message("Milestone"), Id(), Message("held: the milestone, by its id.")),
    ),
    kinds={
        **dict.fromkeys(("cancelled", "unpinned", "without_police", "promoted", "left_out"), _keys("operation", "reported")),
        "pinned": _keys("operation", "reported", "police", "any_of", dates="date", shifts="shift"),
        "held": _keys("operation", "reported", "milestone", dates="date"),
        "answers": _keys("operation", "reported", "party", "answer"),
        "not_on": _keys("operation", "reported", "agency", "dates", "cause"),
        "fewer_officers": _keys("operation", "reported", number="officers"),
        "agencies": _keys("agency", "reported", "from", "to", "shifts", "weekdays", "cause", number="teams_left"),
    },
    about=Message("A row is one thing that becomes other. Given to replan with --changes."),
)  # fmt: skip

ENTRY_TABLES = (WITHDRAWALS, OUTCOMES, CHANGES)
