"""scenario.json: a scenario whole, its sites and holidays in it, in the shape in which people write one.

The way back is `scenario.scenario_of`; both go through the schema.
"""

from arshjul.domain.mail_words import MailWords
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
    WrittenObjective,
    WrittenRules,
    WrittenShift,
)
from arshjul.formats.schema.target import WrittenTarget

FORMAT = "arshjul-scenario/1"
Json = dict[str, object]


def scenario_mapping(scenario: Scenario) -> Json:
    """The scenario in its keys, and `format` and `holidays` besides. Withdrawals are the plan's."""
    return {
        "format": FORMAT,
        "plan": {
            "name": scenario.name,
            "from": str(scenario.span.first),
            "to": str(scenario.span.last),
            "timezone": scenario.timezone,
            "language": scenario.language,
        },
        "calendar": WrittenCalendar.of(scenario.calendar).mapping(),
        "holidays": {str(day): name for day, name in sorted(scenario.calendar.holidays.items())},
        "shifts": [WrittenShift.of(shift).mapping() for shift in scenario.shifts],
        "names": dict(scenario.names),
        "areas": [WrittenArea.of(area).mapping() for area in scenario.areas.values()],
        "police": [WrittenPoliceUnit.of(unit).mapping() for unit in scenario.police.values()],
        "agencies": [WrittenAgency.of(agency).mapping() for agency in scenario.agencies.values()],
        "operations": [WrittenOperation.of(operation).mapping() for operation in as_written(scenario.operations)],
        **({"targets": [WrittenTarget.of(one).mapping() for one in scenario.targets]} if scenario.targets else {}),
        **(
            {"objects": [WrittenObject.of(one).mapping() for one in scenario.objects.values()]}
            if scenario.objects
            else {}
        ),
        "rules": WrittenRules.mapping_of(scenario.settings),
        "objective": WrittenObjective.of(scenario.objective).mapping(),
        "cycle": WrittenCycle.of(scenario.cycle).mapping(),
        **({"report": {"figures": list(scenario.figures)}} if scenario.figures else {}),
        **_rates(scenario.withdrawal_rates),
        **({"history": [WrittenHeardLog.of(log).mapping() for log in scenario.history]} if scenario.history else {}),
        **({} if scenario.mail == MailWords() else {"mail": WrittenMail.of(scenario.mail).mapping()}),
    }


def _rates(rates: AssumedRates) -> Json:
    """What is assumed of withdrawals, where it is other than what always is."""
    return {} if rates == AssumedRates() else {"withdrawal_rates": WrittenRates.mapping_of(rates)}


def given(**values: object) -> Json:
    """The values that are not None; a trailing underscore is no part of a key."""
    return {key.rstrip("_"): value for key, value in values.items() if value is not None}
