"""The rows of the sheet of settings: all that a scenario sets once, by the path of keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from arshjul.agenda.cause import KINDS as CAUSES
from arshjul.domain.risk import KINDS, AssumedRates
from arshjul.domain.settings import Objective
from arshjul.errors import Message
from arshjul.formats.catalogues import words
from arshjul.formats.schema.fields import keys
from arshjul.formats.schema.mail import WrittenMail
from arshjul.formats.schema.rates import FIGURES, key
from arshjul.formats.schema.settings import WrittenCalendar, WrittenObjective, WrittenPlan, WrittenReport
from arshjul.formats.workbook.calendar_notation import Day
from arshjul.formats.workbook.columns import notation
from arshjul.formats.workbook.notation import Notation, Whole
from arshjul.formats.workbook.table import Path, plain
from arshjul.rules import SETTINGS, SOFT
from arshjul.rules.fill.quality import WISHES


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting: its keys, its name, its notation, and its default."""

    path: Path
    name: Message
    notation: Notation
    default: object = None

    @property
    def id(self) -> str:
        """Its name on the sheet."""
        return ".".join(self.path)


LANGUAGES = ("sv", "en")
_SECTIONS: Mapping[str, type[BaseModel]] = {
    "plan": WrittenPlan, "calendar": WrittenCalendar, "objective": WrittenObjective,
    "report": WrittenReport, "mail": WrittenMail,
}  # fmt: skip
_RATES = "withdrawal_rates"
_FIGURES = {
    "per_year": Message("how many a year"),
    "days": Message("days that one lasts, in the mean"),
    "notice_hours": Message("hours that it is told ahead, in the mean"),
    "units_percent": Message("percent of them that take a given unit's officers"),
}


@cache
def setting_rows() -> tuple[SettingRow, ...]:
    """All settings, in the order in which they are written."""
    rules = (SettingRow(("rules", one.key), one.name, Whole(), one.default) for one in SETTINGS)
    points = (_priority(priority, size) for priority, size in Objective().priority_points.items())
    soft = [_price(rule.id, rule.title, rule.points) for rule in SOFT]
    wishes = [_price(wish.id, wish.name, wish.points) for wish in WISHES]
    prices = sorted((*soft, *wishes), key=lambda row: row.id)
    first, last = ("plan", "calendar"), ("report", "mail")
    return (*_rows(*first), *rules, *points, *_rows("objective"), *prices, *_rows(*last), *_assumed())


def _rows(*sections: str) -> Iterator[SettingRow]:
    """The keys of those sections that have their own words."""
    for section in sections:
        for one in keys(_SECTIONS[section], (section,)):
            if one.told.heading is not None:
                way = Day() if one.kind == "day" else notation(one)
                default = None if isinstance(one.default, list) else one.default
                yield SettingRow(one.path, one.told.heading, way, default)


def _assumed() -> Iterator[SettingRow]:
    """The assumptions about withdrawals."""
    yield SettingRow(
        (_RATES, "years"), Message("Years of log that weigh as much as what is assumed"), Whole(), AssumedRates().years
    )
    weight = Message("Withdrawals in the log that weigh as much as what is assumed")
    yield SettingRow((_RATES, "withdrawals"), weight, Whole(), AssumedRates().withdrawals)
    for kind in KINDS:
        for figure in FIGURES:
            name = Message("Withdrawn for {cause}: {figure}", {"cause": CAUSES[kind.cause], "figure": _FIGURES[figure]})
            yield SettingRow((_RATES, key(kind, figure)), name, Whole(), getattr(kind, figure))


def _priority(priority: int, points: int) -> SettingRow:
    name = Message("Points of an operation of priority {n} that is left out", {"n": priority})
    return SettingRow(("objective", "priority_points", str(priority)), name, Whole(), points)


def _price(id: str, title: Message, points: int) -> SettingRow:
    return SettingRow(("objective", "prices", id), Message("Price: {what}", {"what": title}), Whole(), points)


@cache
def known_settings() -> Mapping[str, SettingRow]:
    """The rows by everything that may name them: their id, its last part, their name in each language."""
    known: dict[str, SettingRow] = {}
    for row in setting_rows():
        for word in (row.id, row.path[-1], *(words(language).say(row.name) for language in LANGUAGES)):
            known.setdefault(plain(word), row)
    return known
