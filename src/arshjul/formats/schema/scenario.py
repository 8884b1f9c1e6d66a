"""A complete scenario: its sections as in folders, with `holidays` and `objects` as in scenario.json."""

import operator
from typing import Annotated, Any

from pydantic import Field

from arshjul.domain.party_mail import MailWords
from arshjul.domain.repeat import as_written
from arshjul.domain.risk import AssumedRates
from arshjul.domain.scenario import Scenario
from arshjul.formats.schema.frame import WrittenObject
from arshjul.formats.schema.history import WrittenHeardLog
from arshjul.formats.schema.mail import WrittenMail
from arshjul.formats.schema.operation import WrittenOperation
from arshjul.formats.schema.parties import WrittenAgency, WrittenArea, WrittenPoliceUnit
from arshjul.formats.schema.rates import WrittenRates
from arshjul.formats.schema.settings import (
    WrittenCalendar,
    WrittenCycle,
    WrittenHolidays,
    WrittenNames,
    WrittenObjective,
    WrittenPlan,
    WrittenReport,
    WrittenRules,
    WrittenShift,
)
from arshjul.formats.schema.target import WrittenTarget
from arshjul.formats.shape import ById, Shape

_NOT_EMPTY: Any = Field(default_factory=list, exclude_if=operator.not_)


class WrittenScenario(Shape[Scenario]):
    """The sections; required ones have no default. Lists are read item by item, other sections as a whole."""

    thing = Scenario

    plan: WrittenPlan
    calendar: WrittenCalendar = WrittenCalendar()
    holidays: WrittenHolidays = WrittenHolidays({})
    shifts: list[WrittenShift]
    names: WrittenNames = WrittenNames({})
    areas: Annotated[list[WrittenArea], ById("id")]
    police: Annotated[list[WrittenPoliceUnit], ById("id")] = []
    agencies: Annotated[list[WrittenAgency], ById("id")]
    operations: list[WrittenOperation]
    targets: Annotated[list[WrittenTarget], _NOT_EMPTY]
    objects: Annotated[list[WrittenObject], ById("id"), _NOT_EMPTY]
    rules: WrittenRules = WrittenRules()
    objective: WrittenObjective = WrittenObjective()
    cycle: WrittenCycle = WrittenCycle()
    report: WrittenReport | None = None
    withdrawal_rates: WrittenRates | None = None
    history: Annotated[list[WrittenHeardLog], _NOT_EMPTY]
    mail: WrittenMail | None = None

    @classmethod
    def attributes(cls, thing: Scenario) -> dict[str, Any]:
        """The sections; None for an empty one."""
        return {
            **super().attributes(thing),
            "plan": thing,
            "holidays": WrittenHolidays.model_construct(dict(sorted(thing.calendar.holidays.items()))),
            "names": WrittenNames.model_construct(dict(thing.names)),
            "operations": as_written(thing.operations),
            "rules": thing.settings,
            "report": thing if thing.figures else None,
            "withdrawal_rates": None if thing.withdrawal_rates == AssumedRates() else thing.withdrawal_rates,
            "mail": None if thing.mail == MailWords() else thing.mail,
        }
