"""The sheets of a scenario: every key of one is a column or a row of some sheet.

Columns come from the fields of the shapes. Here is what no field declares: sheets and their order, the columns that
come first, and those that are no keys.
"""

from dataclasses import replace

from arshjul.errors import Message
from arshjul.year.domain.calendar import Avoided, Shift, Span
from arshjul.year.domain.contact import OfferCall
from arshjul.year.domain.operation import Operation, Site
from arshjul.year.domain.parties import Agency, Area, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.year.domain.scenario import Target
from arshjul.year.domain.settings import Meeting, Milestone
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.schema.custom_shapes import WrittenLoadException, WrittenOperationsException
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.settings import (
    WrittenEarlierWithdrawal,
    WrittenHeardLog,
    WrittenProgramme,
)
from arshjul.year.formats.workbook.notation import FreeText, Id, OneOf, Ref
from arshjul.year.formats.workbook.settings_sheet import SettingSheet
from arshjul.year.formats.workbook.sheet_kinds import (
    CalendarSheet,
    EarlierSheet,
    ExceptionSheet,
    KeyedSheet,
    LineSheet,
    ListSheet,
    ObjectSheet,
    SiteSheet,
)
from arshjul.year.formats.workbook.table import SheetColumn, columns

# fmt: off
# A column is a line.

BY_REPORT = ("id", "reported", "police", "from", "to", "until_further_notice", "shifts", "officers_left", "cause")
_LINE = ("from", "to", "weekdays", "shift")
_FIRST = (
    "id", "title", "sector", "area", "priority", "must", "officers", "window", "shifts", "weekdays", "nominated_on",
    "programme", "lead_agency", "officers_least", "designated", "police", "police_also", "interest", "not_on", "preferred",
    "after", "not_same_day_as", "not_same_week_as", "same_slot_as", "fixed", "any_of", "days", "repeat", "frame.stops", "frame",
    "short_notice", "reserve", "without_police",
)
"""The columns of operations that come first, in the order that people know; newer keys come after these."""

OPERATIONS = ListSheet(
    "operations", Message("Operations"), "operations[]", columns(shape(Operation), _FIRST), teams=True, before_teams=12, ids="operations", name="title",
    about=Message("A row is an operation. Columns with an agency's id hold its teams: 1 needed, (1) optional."),
    step=Message("A row for each operation. Point at a heading for help. Dark headings are needed."),
)

_SITE = tuple(replace(column, needed=False, empty="" if column.needed else None) for column in columns(shape(Site)))
_OBJECT = tuple(replace(column, needed=False) for column in columns(shape(VisitObject)))
INSATS = SheetColumn((), Message("Operation"), Ref("operations", named=False), Message("The operation's number."), True, ("Nr", "No"))

SITES = SiteSheet(
    "sites", Message("Sites"), "operations[].sites[]", _SITE, owner=INSATS, beside=_OBJECT,
    about=Message("A row is a site of an operation, or an object to bind. SECRET: in no calendar and on no page."),
    step=Message("The sites. Secret: this workbook is for you alone."),
)
OBJECTS = ObjectSheet("objects", Message("Sites"), "objects[]", (*_OBJECT, *_SITE), beside=(INSATS,))
"""The same sheet, as `fill` reads it: the rows with an id."""

_UNIT = SheetColumn((), Message("Unit"), Ref("police"), Message("The unit, by name or id."), True)
_AGENCY = SheetColumn((), Message("Agency"), Ref("agencies"), Message("The agency, by name or id."), True)
OFFICERS = LineSheet(
    "officers", Message("Officers"), "police[].officers[]", columns(shape(OfficerLine), (*_LINE, "officers", "designated", "at_most")), owner=_UNIT,
    about=Message("A row is an offer. The last that fits a date and shift counts. No row: no offer."),
    step=Message("Each unit's officers, and when."),
)
TEAMS = LineSheet(
    "teams", Message("Teams"), "agencies[].teams[]", columns(shape(TeamLine), (*_LINE, "teams", "at_most")), owner=_AGENCY,
    about=Message("A row is an offer. The last that fits a date and shift counts. No row: no offer."),
    step=Message("Each agency's teams, and when."),
)
AGENCIES = ListSheet("agencies", Message("Agencies"), "agencies[]", columns(shape(Agency)), ids="agencies", step=Message("The agencies. The id of each heads a column in the sheet of operations."))
UNITS = ListSheet("police", Message("Units"), "police[]", columns(shape(PoliceUnit)), ids="police", step=Message("The police units, and their areas."))
AREAS = ListSheet("areas", Message("Areas"), "areas[]", columns(shape(Area)), ids="areas", step=Message("Your areas instead of the examples: a lasting id, and a name."))
SHIFT_TABLE = ListSheet("shifts", Message("Shifts"), "shifts[]", columns(shape(Shift)), ids="shifts", step=Message("Shifts, with clock times."))

CALENDAR = CalendarSheet(
    "calendar", Message("Calendar"), "calendar.closed[], calendar.open[], calendar.avoid[]",
    (
        SheetColumn(("id",), Message("Id"), FreeText(), Message("Your own. Not read.")),
        SheetColumn(("name",), Message("Name"), FreeText(), Message("Reason. Not read.")),
        *(replace(column, needed=False) for column in columns(shape(Span))),
        SheetColumn(("is",), Message("Means"), OneOf({"closed": ("stängt", "closed"), "open": ("öppet", "open"), "avoid": ("undvik", "avoid")}), Message("closed, open (where otherwise closed), or avoid (possible at a price). Empty: closed.")),
        SheetColumn(("kind",), Message("Kind of day"), OneOf({"eves": ("helgaftnar", "eves", "helgafton", "eve"), "bridge_days": ("klämdagar", "bridge days", "klämdag", "bridge day")}), Message("Instead of dates, for closed or avoid: eves, or bridge days (one working day between days off).")),
        *columns(shape(Avoided))[2:],
    ),
    about=Message("Dates without operations. The country's public holidays need no row."),
)
SETTINGS_TABLE = SettingSheet(
    "settings", Message("Rules"), "",
    (
        SheetColumn(("id",), Message("Id"), Id(), Message("The setting. Do not change it."), True),
        SheetColumn(("name",), Message("Name"), FreeText(), Message("The same in words.")),
        SheetColumn(("value",), Message("Value"), FreeText(), Message("Your value. Empty: the default.")),
        SheetColumn(("default",), Message("Default"), FreeText(), Message("Used without a value. Not read.")),
    ),
    step=Message("The plan's name and dates. Other values may stay."),
)
TAKEN_OFFERS = tuple(column for table in (AGENCIES, UNITS) for column in table.columns if column.path == ("offers",))
"""The columns that say which offers are taken over: no change that anybody has to judge."""

NAMES_TABLE = KeyedSheet("names", Message("Words"), "names{}", columns(shape(Shift))[:2], ids="names", about=Message("The words for sectors, in calendars and on pages."), step=Message("Your words for sectors."))
PROGRAMMES = KeyedSheet(
    "programmes", Message("Programmes"), "programmes{}", (columns(shape(Shift))[0], *columns(WrittenProgramme)), ids="programmes",
    about=Message("A row is a programme, and the agency that owns it."),
)
EXCEPTIONS = ExceptionSheet(
    "exceptions", Message("Exceptions"), "rules.exceptions[], agencies[].load_exceptions[]",
    (*(replace(column, needed=column.needed and column.path == ("from",)) for column in columns(WrittenLoadException)), *columns(WrittenOperationsException)[2:]),
    owner=replace(_AGENCY, needed=False, note=Message("The agency with larger limits. Empty: all operations.")),
    about=Message("Dates with larger limits than the sheets Agencies and Rules."),
)
RISKS = LineSheet(
    "risks", Message("Risks"), "police[].often_withdrawn[]", columns(shape(RiskLine), (*_LINE, "of_ten")), owner=_UNIT,
    about=Message("Shifts that are often withdrawn. The plan avoids them."),
)
TARGETS = ListSheet("targets", Message("Targets"), "targets[]", columns(shape(Target), ("id", "name", "from", "to", "at_least")), step=Message("If any: a number of operations of some kinds."))
CALLS = ListSheet(
    "calls", Message("Calls"), "calls[]", columns(shape(OfferCall), ("id", "from", "to", "due")),
    about=Message("A row is a call for offers between two dates."),
)
MILESTONES = ListSheet("milestones", Message("Milestones"), "cycle.milestones[]", columns(shape(Milestone)), step=Message("Dates around every operation, like planning meeting and evaluation, for the calendars."))
MEETINGS = ListSheet("meetings", Message("Meetings"), "cycle.meetings[]", columns(shape(Meeting)), step=Message("The year's meetings: network meetings, the annual report."))
EARLIER_YEARS = ListSheet(
    "earlier-years", Message("Earlier years"), "history[]", columns(WrittenHeardLog),
    about=Message("A row is a year with known withdrawals. They price dates that are often withdrawn."),
)
EARLIER_WITHDRAWALS = EarlierSheet(
    "earlier-withdrawals", Message("Earlier withdrawals"), "history[].withdrawals[]", columns(WrittenEarlierWithdrawal, BY_REPORT),
    about=Message("A row is a withdrawal in an earlier year."),
)

SCENARIO_TABLES = (
    OPERATIONS, SITES, OFFICERS, TEAMS, AGENCIES, UNITS, AREAS, SHIFT_TABLE, CALENDAR, SETTINGS_TABLE, NAMES_TABLE, PROGRAMMES, EXCEPTIONS, RISKS, TARGETS,
    CALLS, MILESTONES, MEETINGS, EARLIER_YEARS, EARLIER_WITHDRAWALS,
)
