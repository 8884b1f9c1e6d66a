"""The rows of the sheet of settings: every number and word that a scenario sets once, by the keys that lead to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from arshjul.agenda.cause import KINDS as CAUSES
from arshjul.domain.risk import KINDS, AssumedRates
from arshjul.domain.settings import Objective
from arshjul.errors import Message
from arshjul.formats.catalogues import words
from arshjul.formats.schema.rates import FIGURES, key
from arshjul.formats.workbook.calendar_notation import Day, Weekdays
from arshjul.formats.workbook.headings import plain
from arshjul.formats.workbook.notation import Id, Name, Notation, Refs, Whole
from arshjul.formats.workbook.table import Path
from arshjul.rules import SETTINGS, SOFT
from arshjul.rules.fill.quality import WISHES


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One thing that is set: its keys, what it is called, how it is written, and what counts where it is not."""

    path: Path
    name: Message
    notation: Notation
    default: object = None

    @property
    def id(self) -> str:
        """As the sheet calls it."""
        return ".".join(self.path)


LANGUAGES = ("sv", "en")
_NAMES: Mapping[str, Message] = {
    "lead_time_days": Message("Lead time, days from nomination"),
    "sector_spacing_days": Message("Days between operations of one sector in an area"),
    "operations_per_day": Message("Operations a day, at most"),
    "operations_per_area_per_day": Message("Operations an area and day, at most"),
    "operations_per_week": Message("Operations a week, at most"),
    "daily_rest_hours": Message("Daily rest of a team, hours"),
    "freeze_days": Message("Frozen days: what is nearer stays"),
    "notice_days": Message("Notice, days ahead of what is new or moved"),
    "bind_days": Message("Days from binding an object to its visit, at least"),
    "fill_days": Message("Days after that in which a frame with no object is told"),
    "unknown_end_days": Message("Days that until further notice is taken to last"),
}


_OF_PLAN = (
    SettingRow(("plan", "name"), Message("The plan's name"), Name()),
    SettingRow(("plan", "from"), Message("First date of the year"), Day()),
    SettingRow(("plan", "to"), Message("Last date of the year"), Day()),
    SettingRow(("plan", "timezone"), Message("Time zone"), Name(), "Europe/Stockholm"),
    SettingRow(("plan", "language"), Message("Language: sv or en"), Id(), "sv"),
    SettingRow(("calendar", "country"), Message("Country whose public holidays are closed"), Name()),
    SettingRow(("calendar", "closed_weekdays"), Message("Weekdays that are always closed"), Weekdays()),
)
_CHANGE = SettingRow(("objective", "change_points"), Message("Points of a change that nothing forced"), Whole(), 2)
_COUNTED = SettingRow(
    ("report", "figures"), Message("What outcomes count, words of the sheet Words or ids"), Refs("names")
)


_OF_MAIL = (
    SettingRow(("mail", "from_name"), Message("Mail to parties: who writes, a function"), Name()),
    SettingRow(("mail", "greeting"), Message("Mail to parties: greeting"), Name()),
    SettingRow(("mail", "closing"), Message("Mail to parties: closing"), Name()),
    SettingRow(("mail", "phone"), Message("Mail to parties: telephone for questions, of the function"), Name()),
    SettingRow(("mail", "reply_to"), Message("Mail to parties: the function's address that answers go to"), Name()),
)
_RATES = "withdrawal_rates"
_FIGURES = {
    "per_year": Message("how many a year"),
    "days": Message("days that one lasts, in the mean"),
    "notice_hours": Message("hours that it is told ahead, in the mean"),
    "units_percent": Message("percent of them that take a given unit's officers"),
}


@cache
def setting_rows() -> tuple[SettingRow, ...]:
    """All of them, in the order in which they are written."""
    rules = (SettingRow(("rules", one.key), _name(one.key), Whole(), one.default) for one in SETTINGS)
    points = (_priority(priority, size) for priority, size in Objective().priority_points.items())
    soft = [_price(rule.id, rule.title, rule.points) for rule in SOFT]
    wishes = [_price(wish.id, wish.name, wish.points) for wish in WISHES]
    prices = sorted((*soft, *wishes), key=lambda row: row.id)
    return (*_OF_PLAN, *rules, *points, _CHANGE, *prices, _COUNTED, *_OF_MAIL, *_assumed())


def _assumed() -> Iterator[SettingRow]:
    """What is assumed of withdrawals."""
    yield SettingRow(
        (_RATES, "years"), Message("Years of log that weigh as much as what is assumed"), Whole(), AssumedRates().years
    )
    weight = Message("Withdrawals in the log that weigh as much as what is assumed")
    yield SettingRow((_RATES, "withdrawals"), weight, Whole(), AssumedRates().withdrawals)
    for kind in KINDS:
        for figure in FIGURES:
            name = Message("Withdrawn for {cause}: {figure}", {"cause": CAUSES[kind.cause], "figure": _FIGURES[figure]})
            yield SettingRow((_RATES, key(kind, figure)), name, Whole(), getattr(kind, figure))


def _name(key: str) -> Message:
    return _NAMES.get(key, Message("{id}", {"id": key}))


def _priority(priority: int, points: int) -> SettingRow:
    name = Message("Points of an operation of priority {n} that is left out", {"n": priority})
    return SettingRow(("objective", "priority_points", str(priority)), name, Whole(), points)


def _price(id: str, title: Message, points: int) -> SettingRow:
    return SettingRow(("objective", "prices", id), Message("Price: {what}", {"what": title}), Whole(), points)


@cache
def known_settings() -> Mapping[str, SettingRow]:
    """The rows by what they may be called: their id, its last part, their name in each language."""
    known: dict[str, SettingRow] = {}
    for row in setting_rows():
        for word in (row.id, row.path[-1], *(words(language).say(row.name) for language in LANGUAGES)):
            known.setdefault(plain(word), row)
    return known
