"""The rows of the sheet of settings: all that a scenario sets once, by the path of keys."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel

from arshjul.errors import Message
from arshjul.year.domain.calendar import Calendar
from arshjul.year.domain.contact import MailWords
from arshjul.year.domain.feature import ALL_FEATURES, FEATURES
from arshjul.year.domain.information_sheet.declared import SheetForm
from arshjul.year.domain.settings import Sharing
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import DeclaredKey, keys
from arshjul.year.formats.schema.settings import (
    WrittenObjective,
    WrittenPlan,
    WrittenRates,
    WrittenReport,
    WrittenRules,
)
from arshjul.year.formats.workbook.calendar_notation import Day
from arshjul.year.formats.workbook.notation import Notation, OneOf, SomeOf
from arshjul.year.formats.workbook.table import Path, notation, plain
from arshjul.year.rules import SOFT
from arshjul.year.rules.fill.quality import WISHES


@dataclass(frozen=True, slots=True)
class SettingRow:
    path: Path
    name: Message
    notation: Notation
    default: object = None

    @property
    def id(self) -> str:
        return ".".join(self.path)


LANGUAGES = ("sv", "en")
_SECTIONS: Mapping[str, type[BaseModel]] = {
    "plan": WrittenPlan, "calendar": shape(Calendar), "rules": WrittenRules, "objective": WrittenObjective,
    "report": WrittenReport, "mail": shape(MailWords), "share": shape(Sharing), "withdrawal_rates": WrittenRates,
    "sheet": shape(SheetForm),
}  # fmt: skip
_POINTS = {rule.id: rule.points for rule in SOFT} | {wish.id: wish.points for wish in WISHES}


@cache
def setting_rows() -> tuple[SettingRow, ...]:
    rows = (row for section, shape in _SECTIONS.items() for row in _rows(keys(shape, (section,))))
    sv, en = map(words, LANGUAGES)
    feature = OneOf({id: (sv.say(one.name), en.say(one.name)) for id, one in FEATURES.items()})
    return *rows, SettingRow(("uses",), Message("Features in use"), SomeOf(feature), ALL_FEATURES)


def _rows(found: Iterable[DeclaredKey]) -> Iterator[SettingRow]:
    """The rows of keys with words of their own, those within mappings too."""
    for declared_key in found:
        if declared_key.kind == "mapping":
            yield from _rows(declared_key.parts)
        elif declared_key.told.heading is not None:
            way = Day() if declared_key.kind == "day" else notation(declared_key)
            default = _POINTS.get(declared_key.path[-1], declared_key.default)
            yield SettingRow(
                declared_key.path, declared_key.told.heading, way, None if isinstance(default, list) else default
            )


@cache
def known_settings() -> Mapping[str, SettingRow]:
    """The rows by everything that may name them: their id, its last part, their name in each language."""
    known: dict[str, SettingRow] = {}
    for row in setting_rows():
        for word in (row.id, row.path[-1], *(words(language).say(row.name) for language in LANGUAGES)):
            known.setdefault(plain(word), row)
    return known
