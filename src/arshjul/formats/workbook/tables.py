"""The sheets of a scenario: every key that it can hold is a column or a row of one of them."""

from arshjul.errors import Message
from arshjul.formats.workbook.calendar_notation import Clock, Dates, Day, DayAndTime, Numbers, Weekdays, Weeks
from arshjul.formats.workbook.notation import (
    AgencyGroups,
    CountsById,
    FewestAndMost,
    Flag,
    FreeText,
    Id,
    Name,
    OneOf,
    Priority,
    Ref,
    Refs,
    Whole,
)
from arshjul.formats.workbook.table import SheetColumn, SheetTable

# fmt: off
# A column is a line.

ID = SheetColumn(
    ("id",), "Id", "Id", Id(), Message("Short and for good: letters a to z, digits, and . _ - after the first."), True
)
NAME = SheetColumn(("name",), "Namn", "Name", Name(), Message("The word that people see."), True)
FROM = SheetColumn(("from",), "Från", "From", Day("first"), Message("First date: 2027-05-12, 12 May 2027, or week 19."))
TO = SheetColumn(
    ("to",), "Till", "To", Day("last"), Message("Last date, itself included. Empty beside a week: its Sunday.")
)
WEEKDAYS = SheetColumn(("weekdays",), "Veckodagar", "Weekdays", Weekdays(), Message("Like Mon, Wed–Fri. Empty: all."))
SHIFTS = SheetColumn(
    ("shifts",), "Pass", "Shifts", Refs("shifts"), Message("Several with commas between them. Empty: all."), also=("Shift",)
)
SHIFT = SheetColumn(("shift",), "Pass", "Shift", Ref("shifts"), Message("One shift. Empty: all."), also=("Shifts",))
AT_MOST = SheetColumn(
    ("at_most",), "Högst", "At most", Flag(), Message("yes: the line only lowers what the lines above offer.")
)
WEEKS = SheetColumn(
    ("weeks",), "Veckor", "Weeks", Weeks(), Message("Only in these ISO weeks: odd, even, or 19, 21. Empty: all.")
)
NTH = SheetColumn(("nth",), "Ordning i månaden", "Nth in month", Numbers(), Message(
    "Only the weekday's first to fifth date of its month (1 to 5), or counted from its end (-1 to -5)."
))  # fmt: skip
CONTACT = (
    SheetColumn(("contact",), "Kontakt", "Contact", FreeText(), Message("A function, never a person.")),
    SheetColumn(("phone",), "Telefon", "Phone", Name(), Message("Of the function. It stands in the calendars of those who take part.")),
    SheetColumn(("email",), "E-post", "E-mail", Name(), Message("Of the function, not of a person.")),
)  # fmt: skip
START = SheetColumn(("start",), "Start", "Start", Clock(), Message("Clock time, like 09:00."))
MINUTES = SheetColumn(("minutes",), "Minuter", "Minutes", Whole(), Message("How long it takes. Empty: 60."))
LINE = (FROM, TO, WEEKDAYS, SHIFT)
MEANING = OneOf({"evaluation": ("utvärdering", "evaluation"), "information-sheet": ("informationsblad", "information sheet"), "nomination": ("nominering", "nomination"), "planning": ("planering", "planning")})
DESIGNATED = OneOf({"none": ("ingen", "none"), "prefer": ("helst", "prefer"), "require": ("krav", "require")})

ORDER = SheetColumn(("order",), "Ordning", "Order", Refs("agencies", named=False), Message("The agencies in the order in which they were written, where it is another than that of the columns. It decides nothing."))
"""Written where a scenario needs it, so that it comes back to the last byte."""

OPERATIONS = SheetTable(
    "operations", "Insatser", "Operations", ("operations",),
    (
        SheetColumn(("id",), "Nr", "No", Id(), Message("The operation's number, for good: it names the operation in every calendar."), True, ("Id", "Insats", "Number")),
        SheetColumn(("title",), "Titel", "Title", Name(), Message("Your words. They may hint at a target, and so stand in your calendar alone."), True),
        SheetColumn(("sector",), "Bransch", "Sector", Ref("names"), Message("Kind of business: a word of the sheet Words, or an id."), True),
        SheetColumn(("area",), "Område", "Area", Ref("areas"), Message("Where it is struck: a name or id of the sheet Areas."), True),
        SheetColumn(("priority",), "Prioritet", "Priority", Priority(), Message("1 high, 2, 3 low. Empty: 2.")),
        SheetColumn(("must",), "Måste", "Must", Flag(), Message("yes: leaving it out is worse than any number of others.")),
        SheetColumn(("officers",), "Poliser", "Officers", Whole(), Message("Police officers needed. Empty: 0, and then it is a control and no insats.")),
        SheetColumn(("window", "from"), "Från", "From", Day("first"), Message("Not before this date: 2027-05-12, 12 May 2027, or week 19. Empty, both: the whole year.")),
        SheetColumn(("window", "to"), "Till", "To", Day("last"), Message("Not after this date.")),
        SHIFTS,
        WEEKDAYS,
        SheetColumn(("nominated_on",), "Nominerad", "Nominated", Day(), Message("From this date on the lead time counts. Empty: none.")),
        SheetColumn(("programme",), "Program", "Programme", Ref("names"), Message("Whose operation it is: a word of the sheet Words, or an id."), True),
        SheetColumn(("lead_agency",), "Ansvarig", "Lead agency", Ref("agencies", named=False), Message("The agency that leads, by its id."), True),
        SheetColumn(("officers_least",), "Minst poliser", "Least officers", Whole(), Message("It can do with so many. Empty: it needs them all.")),
        SheetColumn(("designated",), "Insatspolis", "Designated", DESIGNATED, Message("A designated operation officer: none, prefer or require. Empty: none."), empty="none"),
        SheetColumn(("police",), "Enheter", "Units", Refs("police"), Message("Units that may serve it. Empty: all whose areas hold its own.")),
        SheetColumn(("police_also",), "Även poliser från", "Officers also from", CountsById("police"), Message("Units that lend besides, with their officers: granspolisen 2.")),
        SheetColumn(("interest",), "Intresse", "Interest", CountsById("agencies"), Message("What it is worth to agencies, 0 to 3: miljo 3, skatteverket 2. Left out: 1.")),
        SheetColumn(("not_on",), "Ej datum", "Not on", Dates(), Message("Dates, weeks and periods: 2027-03-01, week 19, 2027-07-01 – 2027-07-31."), empty=[]),
        SheetColumn(("preferred", "from"), "Helst från", "Preferred from", Day("first"), Message("It had better lie from this date on.")),
        SheetColumn(("preferred", "to"), "Helst till", "Preferred to", Day("last"), Message("It had better lie no later.")),
        SheetColumn(("after", "operation"), "Återbesök efter", "Follows up", Ref("operations", named=False), Message("The number of the operation that it comes after.")),
        SheetColumn(("after", "min_days"), "Minst dagar efter", "Min days after", Whole(), Message("So many days after it at the least. Empty: 0.")),
        SheetColumn(("after", "max_days"), "Högst dagar efter", "Max days after", Whole(), Message("So many days after it at the most. Empty: no limit.")),
        SheetColumn(("not_same_day_as",), "Ej samma dag som", "Not same day as", Refs("operations", named=False), Message("Numbers of operations."), empty=[]),
        SheetColumn(("not_same_week_as",), "Ej samma vecka som", "Not same week as", Refs("operations", named=False), Message("Numbers of operations."), empty=[]),
        SheetColumn(("same_slot_as",), "Samtidigt med", "Same slot as", Ref("operations", named=False), Message("Struck at the same time as this one, or neither is.")),
        SheetColumn(("fixed", "date"), "Fast datum", "Fixed date", Day(), Message("Pinned to this date; with it belongs a shift.")),
        SheetColumn(("fixed", "shift"), "Fast pass", "Fixed shift", Ref("shifts"), Message("The shift of the fixed date.")),
        SheetColumn(("fixed", "police"), "Fast enhet", "Fixed unit", Ref("police"), Message("The unit it is pinned to. Empty: any.")),
        SheetColumn(("fixed", "any_of"), "Fast val", "Fixed choice", Refs("agencies", named=False), Message("The agency pinned of each group in One of.")),
        SheetColumn(("any_of",), "En av", "One of", AgencyGroups(), Message("Of each group exactly one takes part, as a needed one: miljo or tillstand 2. Groups are parted by a semicolon.")),
        SheetColumn(("days",), "Dagar", "Days", Whole(), Message("It runs on so many dates in a row, 1 to 5, in the same shift. Empty: 1.")),
        SheetColumn(("repeat", "times"), "Upprepas gånger", "Repeats", Whole(), Message("The row stands for so many operations, each a follow-up of the one before.")),
        SheetColumn(("repeat", "every_days"), "Dagar emellan", "Days between", FewestAndMost(), Message("The fewest and the most days from one to the next: 28–42.")),
        SheetColumn(("frame", "stops"), "Ram: stopp", "Frame: stops", Whole(), Message("A frame: objects are bound to it later, with so many stops in all.")),
        SheetColumn(("frame", "sectors"), "Ram: branscher", "Frame: sectors", Refs("names"), Message("Sectors of its objects. Empty: its own.")),
        SheetColumn(("short_notice",), "Kort varsel", "Short notice", Flag(), Message("yes: may be placed within the notice and without lead time.")),
        SheetColumn(("reserve",), "Reserv", "Reserve", Flag(), Message("yes: kept for a day when teams stand free, never placed by itself.")),
        SheetColumn(("without_police",), "Kan utan polis", "Without police", Flag(), Message("yes: on the day, it may be offered without police.")),
        ORDER,
    ),
    teams=True, before_teams=12,
    about=Message("A row is an operation. The columns with an agency's id tell its teams: 1 needed, (1) joins where it can."),
)  # fmt: skip

_SITE = (
    SheetColumn(("ref",), "Ref", "Ref", FreeText(), Message("Your own reference, never a case number. Secret, like all on this sheet."), empty=""),
    SheetColumn(("name",), "Namn", "Name", FreeText(), Message("The site's name. It stands in no calendar and on no page.")),
    SheetColumn(("address",), "Adress", "Address", FreeText(), Message("The site's address.")),
)
_OBJECT = (
    SheetColumn(("id",), "Id", "Id", Id(), Message("Of an object that waits to be bound to a frame: its id, opaque and never a case number. Empty for a site of an operation.")),
    SheetColumn(("sector",), "Bransch", "Sector", Ref("names"), Message("Of an object: kind of business.")),
    SheetColumn(("area",), "Område", "Area", Ref("areas"), Message("Of an object: where it is.")),
    SheetColumn(("priority",), "Prioritet", "Priority", Priority(), Message("Of an object: 1 high, 2, 3 low. Empty: 2.")),
    SheetColumn(("must",), "Måste", "Must", Flag(), Message("Of an object. yes: leaving it out is worse than any number of others.")),
    SheetColumn(("stops",), "Stopp", "Stops", Whole(), Message("Of an object: how many of a frame's stops it takes. Empty: 1.")),
    SheetColumn(("agencies",), "Myndigheter", "Agencies", Refs("agencies", named=False), Message("Of an object: who must be there."), empty=[]),
    SheetColumn(("officers",), "Poliser", "Officers", Whole(), Message("Of an object: officers needed. Empty: 0.")),
    SheetColumn(("window", "from"), "Från", "From", Day("first"), Message("Of an object: not before this date.")),
    SheetColumn(("window", "to"), "Till", "To", Day("last"), Message("Of an object: not after this date.")),
    SheetColumn(("nominated_on",), "Nominerad", "Nominated", Day(), Message("Of an object: from this date on the lead time counts.")),
    SheetColumn(("short_notice",), "Kort varsel", "Short notice", Flag(), Message("Of an object. yes: without lead time.")),
    SheetColumn(("interest",), "Intresse", "Interest", CountsById("agencies"), Message("Of an object: what it is worth to agencies, 0 to 3: miljo 3.")),
)
_INSATS = SheetColumn((), "Insats", "Operation", Ref("operations", named=False), Message("The operation's number."), True, ("Nr", "No"))

SITES = SheetTable(
    "sites", "Objekt", "Sites", ("operations",), _SITE,
    owner=_INSATS, lines="sites", beside=_OBJECT,
    about=Message("A row is a site of an operation, or an object to bind. SECRET: what stands here gets into no calendar and onto no page."),
)

OBJECTS = SheetTable("objects", "Objekt", "Sites", ("objects",), (*_OBJECT, *_SITE), beside=(_INSATS,))
"""The same sheet, as `fill` reads it: the rows with an id."""

OFFICERS = SheetTable(
    "officers", "Poliser", "Officers", ("police",),
    (
        *LINE,
        SheetColumn(("officers",), "Antal", "Number", Whole(), Message("Officers offered in each shift that the line speaks of."), True),
        SheetColumn(("designated",), "Insatspoliser", "Designated", Whole(), Message("How many of them are designated operation officers.")),
        AT_MOST, WEEKS, NTH,
    ),
    owner=SheetColumn((), "Enhet", "Unit", Ref("police"), Message("The unit, by name or id."), True),
    lines="officers",
    about=Message("A row is an availability line. The last line that matches a date and shift counts; none: no officers."),
)  # fmt: skip

TEAMS = SheetTable(
    "teams", "Lag", "Teams", ("agencies",),
    (*LINE, SheetColumn(("teams",), "Antal", "Number", Whole(), Message("Teams offered in each shift that the line speaks of."), True), AT_MOST, WEEKS, NTH),
    owner=SheetColumn((), "Myndighet", "Agency", Ref("agencies"), Message("The agency, by name or id."), True),
    lines="teams",
    about=Message("A row is an availability line. The last line that matches a date and shift counts; none: no teams."),
)  # fmt: skip

AGENCIES = SheetTable(
    "agencies", "Myndigheter", "Agencies", ("agencies",),
    (
        ID, NAME,
        SheetColumn(("unit",), "Enhet", "Unit", FreeText(), Message("Whose role is meant; shown to the police.")),
        SheetColumn(("kind",), "Slag", "Kind", OneOf({"municipal": ("kommunal", "municipal"), "state": ("statlig", "state")}), Message("municipal or state."), True),
        *CONTACT,
        SheetColumn(("staff_teams",), "Lag totalt", "Teams in all", Whole(), Message("How many different teams there are, for their daily rest. Empty: the most that are offered at once.")),
        SheetColumn(("team_shifts_per_week",), "Lagpass per vecka", "Team shifts a week", Whole(), Message("At most. Empty: no limit.")),
        SheetColumn(("team_shifts_per_month",), "Lagpass per månad", "Team shifts a month", Whole(), Message("At most. Empty: no limit.")),
    ),
)  # fmt: skip

UNITS = SheetTable(
    "police", "Enheter", "Units", ("police",),
    (
        ID, NAME,
        SheetColumn(("kind",), "Slag", "Kind", OneOf({"local": ("lokal", "local"), "border": ("gräns", "border")}), Message("local or border."), True),
        SheetColumn(("areas",), "Områden", "Areas", Refs("areas"), Message("Where it may serve."), True),
        *CONTACT,
        SheetColumn(("officer_shifts_per_month",), "Polispass per månad", "Officer shifts a month", Whole(), Message("Officers, summed over the month's operations, at most. Empty: no limit.")),
        SheetColumn(("ask_days",), "Frågas dagar före", "Ask days ahead", Whole(), Message("So many days ahead it must be asked when a plan changes. Empty: 0.")),
    ),
)  # fmt: skip

AREAS = SheetTable(
    "areas", "Områden", "Areas", ("areas",),
    (ID, NAME, SheetColumn(("neighbours",), "Grannar", "Neighbours", Refs("areas"), Message("Areas next to it. No rule reads it."), empty=[])),
)  # fmt: skip

SHIFT_TABLE = SheetTable(
    "shifts", "Pass", "Shifts", ("shifts",),
    (
        ID, NAME,
        SheetColumn(("start",), "Start", "Start", Clock(), Message("Clock time, like 09:00."), True),
        SheetColumn(("end",), "Slut", "End", Clock(), Message("At or before the start: on the next day."), True),
    ),
)  # fmt: skip

CALENDAR = SheetTable(
    "calendar", "Kalender", "Calendar", ("calendar",),
    (
        SheetColumn(("id",), "Id", "Id", FreeText(), Message("Yours to use; it is not read.")),
        SheetColumn(("name",), "Namn", "Name", FreeText(), Message("Why, for people; it is not read.")),
        FROM, TO,
        SheetColumn(("is",), "Gäller", "Means", OneOf({"closed": ("stängt", "closed"), "open": ("öppet", "open")}), Message("closed, or open for a date that would be closed otherwise. Empty: closed.")),
    ),
    about=Message("Dates on which nothing is placed. Public holidays of the country that the sheet Rules names need no row."),
)  # fmt: skip

SETTINGS_TABLE = SheetTable(
    "settings", "Regler", "Rules", (),
    (
        SheetColumn(("id",), "Id", "Id", Id(), Message("What is set; leave it as it is."), True),
        SheetColumn(("name",), "Namn", "Name", FreeText(), Message("The same in words.")),
        SheetColumn(("value",), "Värde", "Value", FreeText(), Message("Yours to set. Empty: what stands to the right.")),
        SheetColumn(("default",), "Annars", "Default", FreeText(), Message("What counts where no value stands; it is not read.")),
    ),
)  # fmt: skip

NAMES_TABLE = SheetTable(
    "names", "Ord", "Words", ("names",),
    (ID, NAME),
    about=Message("The words for sectors and programmes, as people read them in calendars and on pages."),
)  # fmt: skip

EXCEPTIONS = SheetTable(
    "exceptions", "Undantag", "Exceptions", ("agencies",),
    (
        SheetColumn(("from",), "Från", "From", Day("first"), Message("First date on which a limit is larger."), True),
        SheetColumn(("to",), "Till", "To", Day("last"), Message("Last date.")),
        SheetColumn(("team_shifts_per_week",), "Lagpass per vecka", "Team shifts a week", Whole(), Message("For an agency.")),
        SheetColumn(("team_shifts_per_month",), "Lagpass per månad", "Team shifts a month", Whole(), Message("For an agency.")),
        SheetColumn(("operations_per_day",), "Insatser per dag", "Operations a day", Whole(), Message("For all, with no agency.")),
        SheetColumn(("operations_per_area_per_day",), "Insatser per område och dag", "Operations an area and day", Whole(), Message("For all, with no agency.")),
        SheetColumn(("operations_per_week",), "Insatser per vecka", "Operations a week", Whole(), Message("For all, with no agency.")),
    ),
    owner=SheetColumn((), "Myndighet", "Agency", Ref("agencies"), Message("The agency whose limits are larger. Empty: those of all operations.")),
    lines="load_exceptions",
    about=Message("Dates on which limits are larger than the sheets Agencies and Rules say."),
)  # fmt: skip

RISKS = SheetTable(
    "risks", "Risker", "Risks", ("police",),
    (*LINE, SheetColumn(("of_ten",), "Av tio", "Of ten", Whole(), Message("How many of ten such shifts were taken back in the past, 0 to 10."), True), WEEKS, NTH),
    owner=SheetColumn((), "Enhet", "Unit", Ref("police"), Message("The unit, by name or id."), True),
    lines="often_withdrawn",
    about=Message("Shifts that the past says are often taken back: the plan had better avoid them."),
)  # fmt: skip

TARGETS = SheetTable(
    "targets", "Mål", "Targets", ("targets",),
    (
        ID,
        SheetColumn(("name",), "Namn", "Name", Name(), Message("The word that people see. Empty: the id.")),
        SheetColumn(("from",), "Från", "From", Day("first"), Message("First date."), True),
        SheetColumn(("to",), "Till", "To", Day("last"), Message("Last date."), True),
        SheetColumn(("at_least",), "Minst", "At least", Whole(), Message("So many operations of these kinds."), True),
        SheetColumn(("sectors",), "Branscher", "Sectors", Refs("names"), Message("Empty: all.")),
        SheetColumn(("areas",), "Områden", "Areas", Refs("areas"), Message("Empty: all.")),
        SheetColumn(("programmes",), "Program", "Programmes", Refs("names"), Message("Empty: all.")),
        SheetColumn(("points",), "Poäng", "Points", Whole(), Message("What each that lacks costs. Empty: as the sheet Rules says.")),
    ),
)  # fmt: skip

MILESTONES = SheetTable(
    "milestones", "Milstolpar", "Milestones", ("cycle", "milestones"),
    (
        ID, NAME,
        SheetColumn(("days_before",), "Dagar före", "Days before", Whole(), Message("So many days before each operation; or give Days after.")),
        SheetColumn(("days_after",), "Dagar efter", "Days after", Whole(), Message("So many days after each operation.")),
        START, MINUTES,
        SheetColumn(("counts_as",), "Räknas som", "Counts as", MEANING, Message("What reports and reminders take it for: evaluation, information sheet, nomination or planning. Empty: nothing, where another milestone counts as something.")),
    ),
)  # fmt: skip

MEETINGS = SheetTable(
    "meetings", "Möten", "Meetings", ("cycle", "meetings"),
    (
        ID, NAME,
        SheetColumn(("dates",), "Datum", "Dates", Dates(), Message("Its dates in the year: 2027-03-17, 2027-06-09."), True),
        START, MINUTES,
        SheetColumn(("agencies",), "Myndigheter", "Agencies", Refs("agencies", named=False, every=True), Message("Who meets: ids, or all. Empty: all.")),
    ),
)  # fmt: skip

EARLIER_YEARS = SheetTable(
    "earlier-years", "Tidigare år", "Earlier years", ("history",),
    (
        SheetColumn(("from",), "Från", "From", Day("first"), Message("First date that is told of."), True),
        SheetColumn(("to",), "Till", "To", Day("last"), Message("Last date that is told of."), True),
    ),
    about=Message("The years whose withdrawals are known, each a row: what is learnt of them prices dates that are often taken back."),
)  # fmt: skip

EARLIER_WITHDRAWALS = SheetTable(
    "earlier-withdrawals", "Tidigare avbokningar", "Earlier withdrawals", ("history",),
    (
        SheetColumn(("id",), "Nr", "No", Id(), Message("Number of the withdrawal."), True, ("Id",)),
        SheetColumn(("reported",), "Rapporterad", "Reported", DayAndTime(), Message("When it was told: 2026-05-12 06:30. Empty: nobody knows.")),
        SheetColumn(("police",), "Enheter", "Units", Refs("police"), Message("Who took back officers."), True, ("Enhet", "Unit")),
        SheetColumn(("from",), "Från", "From", Day("first"), Message("First date, in a year of the sheet Earlier years."), True),
        TO,
        SheetColumn(("until_further_notice",), "Tills vidare", "Until further notice", Flag(), Message("yes: it went on when the year ended; leave To empty.")),
        SHIFTS,
        SheetColumn(("officers_left",), "Poliser kvar", "Officers left", Whole(), Message("How many were left in each shift. Empty: none.")),
        SheetColumn(("cause",), "Orsak", "Cause", FreeText(), Message("shooting, accident, match, demonstration or special-event. Another word, or none: other causes.")),
    ),
    about=Message("A row is what the police took back in a year that has been: rates of withdrawals are learnt from it."),
)  # fmt: skip

SCENARIO_TABLES = (
    OPERATIONS, SITES, OFFICERS, TEAMS, AGENCIES, UNITS, AREAS, SHIFT_TABLE, CALENDAR, SETTINGS_TABLE, NAMES_TABLE, EXCEPTIONS, RISKS, TARGETS,
    MILESTONES, MEETINGS, EARLIER_YEARS, EARLIER_WITHDRAWALS,
)  # fmt: skip

WEEK_HEADING = ("Vecka", "Week")
"""The heading of ISO weeks beside dates: written for people, never read."""
READ_ME_SHEET = ("Läs mig", "Read me")
"""The first sheet of the template: written, never read."""
FAULTS_SHEET = ("Fel", "Faults")
"""The first sheet of a marked workbook: written, never read."""
