"""A complete scenario: its sections as in folders, with `holidays` and `objects` as in scenario.json."""

import operator
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import Field

from arshjul.errors import Message
from arshjul.year.domain.calendar import Calendar, Shift
from arshjul.year.domain.contact import MailWords, OfferCall
from arshjul.year.domain.declaration import ById, Told
from arshjul.year.domain.feature import ALL_FEATURES, in_order
from arshjul.year.domain.information_sheet.declared import SheetForm
from arshjul.year.domain.operation import Operation, as_written
from arshjul.year.domain.parties import Agency, Area, PoliceUnit
from arshjul.year.domain.scenario import Scenario, Target
from arshjul.year.domain.settings import Cycle, Sharing
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.domain.withdrawal import AssumedRates
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import keys
from arshjul.year.formats.schema.settings import (
    WrittenHeardLog,
    WrittenHolidays,
    WrittenNames,
    WrittenObjective,
    WrittenPlan,
    WrittenProgramme,
    WrittenProgrammes,
    WrittenRates,
    WrittenReport,
    WrittenRules,
    WrittenUses,
)
from arshjul.year.formats.shape import Shape
from arshjul.year.formats.words import Written

# fmt: off
# A field is a line.

_NOT_EMPTY: Any = Field(default_factory=list, exclude_if=operator.not_)


OF_JSON = ("objects", "holidays")
"""The sections that scenario.json alone has."""


class WrittenScenario(Shape[Scenario]):
    """The sections; required ones have no default. Lists are read item by item, other sections as a whole."""

    thing = Scenario

    plan: Annotated[WrittenPlan, Told(label=Message("the plan's dates and language"))]
    calendar: Annotated[shape(Calendar), Told(label=Message("the calendar"))] = shape(Calendar)()  # type: ignore[valid-type]
    holidays: WrittenHolidays = WrittenHolidays({})
    shifts: Annotated[list[shape(Shift)], Told(label=Message("the shifts"))]  # type: ignore[valid-type]
    names: Annotated[WrittenNames, Told(label=Message("the names"))] = WrittenNames({})
    programmes: Annotated[WrittenProgrammes | None, Told(label=Message("the programmes"))] = None
    areas: Annotated[list[shape(Area)], ById("id"), Told(label=Message("the areas"))]  # type: ignore[valid-type]
    police: Annotated[list[shape(PoliceUnit)], ById("id"), Told(label=Message("the police units"))] = []  # type: ignore[valid-type]
    agencies: Annotated[list[shape(Agency)], ById("id"), Told(label=Message("the agencies"))]  # type: ignore[valid-type]
    operations: list[shape(Operation)]  # type: ignore[valid-type]
    targets: Annotated[list[shape(Target)], _NOT_EMPTY, Told(label=Message("the targets"))]  # type: ignore[valid-type]
    calls: Annotated[list[shape(OfferCall)], _NOT_EMPTY, Told(label=Message("the calls for offers"))]  # type: ignore[valid-type]
    objects: Annotated[list[shape(VisitObject)], ById("id"), _NOT_EMPTY]  # type: ignore[valid-type]
    rules: Annotated[WrittenRules, Told(label=Message("the rules"))] = WrittenRules()
    objective: Annotated[WrittenObjective, Told(label=Message("quality"))] = WrittenObjective()
    cycle: Annotated[shape(Cycle), Told(label=Message("milestones and meetings"))] = shape(Cycle)()  # type: ignore[valid-type]
    report: Annotated[WrittenReport | None, Told(label=Message("figures of outcomes"))] = None
    withdrawal_rates: Annotated[WrittenRates | None, Told(label=Message("assumed withdrawals"))] = None
    history: Annotated[list[WrittenHeardLog], _NOT_EMPTY, Told(label=Message("earlier years' withdrawals"))]
    mail: Annotated[shape(MailWords) | None, Told(label=Message("the words of mail"))] = None  # type: ignore[valid-type]
    share: Annotated[shape(Sharing) | None, Told(label=Message("participants see each other"))] = None  # type: ignore[valid-type]

    sheet: Annotated[shape(SheetForm) | None, Told(label=Message("sections of information sheets"))] = None  # type: ignore[valid-type]
    uses: Annotated[WrittenUses | None, Told(label=Message("features in use"))] = None

    @classmethod
    def attributes(cls, thing: Scenario) -> dict[str, Any]:
        """The sections; None for an empty one."""
        return {
            **super().attributes(thing),
            "plan": thing,
            "holidays": WrittenHolidays.model_construct(dict(sorted(thing.calendar.holidays.items()))),
            "names": WrittenNames.model_construct(dict(thing.names)),
            "programmes": WrittenProgrammes.model_construct(
                {id: WrittenProgramme.of(programme) for id, programme in thing.programmes.items()}
            ) if thing.programmes else None,
            "operations": as_written(thing.operations),
            "rules": thing.settings,
            "report": thing if thing.figures else None,
            "withdrawal_rates": None if thing.withdrawal_rates == AssumedRates() else thing.withdrawal_rates,
            "mail": None if thing.mail == MailWords() else thing.mail,
            "share": None if thing.share == Sharing() else thing.share,
            "sheet": thing.sheet if thing.sheet.sections else None,
            "uses": None if thing.uses == ALL_FEATURES else WrittenUses.model_construct([*in_order(thing.uses)]),
        }


_CALLED = {"rules": "settings", "report": "figures"}
"""The sections with another name in `Scenario`, and that name."""


@cache
def labels() -> Mapping[str, Message]:
    """The words, by the keys of an operation, and by `scenario.` and the attributes of a scenario."""
    sections = {**_labels(WrittenPlan), **_labels(WrittenScenario)}
    return _labels(shape(Operation)) | {f"scenario.{_CALLED.get(key, key)}": section for key, section in sections.items()}


def _labels(shape: type[Written]) -> dict[str, Message]:
    return {key.path[0]: key.told.label for key in keys(shape) if key.told.label is not None}
