"""config/goteborg is the settings manual: every key stands in it, and its defaults are the code's."""

import re
from pathlib import Path

import yaml
from pydantic import BaseModel

from arshjul.domain.risk import AssumedRates
from arshjul.domain.settings import Objective, Settings
from arshjul.formats.scenario.scenario import SECTIONS
from arshjul.formats.schema.exceptions import WrittenLoadException, WrittenOperationsException
from arshjul.formats.schema.mail import WrittenMail
from arshjul.formats.schema.operation import WrittenFollowUp, WrittenOperation, WrittenPin
from arshjul.formats.schema.parties import (
    WrittenAgency,
    WrittenArea,
    WrittenOfficers,
    WrittenPoliceUnit,
    WrittenRisk,
    WrittenTeams,
)
from arshjul.formats.schema.rates import WrittenRates
from arshjul.formats.schema.settings import (
    WrittenCalendar,
    WrittenMeeting,
    WrittenMilestone,
    WrittenObjective,
    WrittenPlan,
    WrittenPrices,
    WrittenRules,
    WrittenShift,
)
from arshjul.formats.schema.site import WrittenSite
from arshjul.formats.schema.taking_part import WrittenMeet, WrittenSharing
from arshjul.formats.schema.target import WrittenTarget
from arshjul.rules import SETTINGS, SOFT, SoftRule
from arshjul.rules.fill.quality import WISHES, Wish

MANUAL = Path(__file__).parents[2] / "config" / "goteborg"
TEXT = "\n".join(path.read_text() for path in sorted(MANUAL.glob("*.yaml")))
MODELS: list[type[BaseModel]] = [
    WrittenPlan, WrittenCalendar, WrittenShift, WrittenArea, WrittenPoliceUnit, WrittenOfficers, WrittenRisk,
    WrittenAgency, WrittenLoadException, WrittenOperationsException, WrittenTeams,
    WrittenOperation, WrittenFollowUp, WrittenPin, WrittenSite, WrittenRules,
    WrittenObjective, WrittenPrices, WrittenTarget, WrittenMilestone, WrittenMeeting, WrittenRates, WrittenMail,
    WrittenMeet, WrittenSharing,
]  # fmt: skip

PRICED: tuple[SoftRule | Wish, ...] = (*SOFT, *WISHES)


def keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def test_every_key_stands_in_the_manual() -> None:
    named = [*SECTIONS, *(f"{model.__name__}.{key}" for model in MODELS for key in keys(model))]
    absent = [key for key in named if not re.search(rf"(?m)(^|[\s#{{,-]){re.escape(key.rpartition('.')[2])}:", TEXT)]
    assert not absent


def test_the_prices_of_the_schema_are_the_soft_rules() -> None:
    assert set(keys(WrittenPrices)) == {rule.id for rule in PRICED}


def test_the_manuals_prices_are_the_rules_own() -> None:
    written = yaml.safe_load((MANUAL / "rules.yaml").read_text())["objective"]
    assert written["prices"] == {rule.id: rule.points for rule in PRICED}
    assert written["priority_points"] == Objective().priority_points
    assert written["change_points"] == Objective().change_points


def test_the_manual_s_rates_are_those_that_are_assumed() -> None:
    written = yaml.safe_load((MANUAL / "rates.yaml").read_text())["withdrawal_rates"]
    assert written == WrittenRates.of(AssumedRates()).mapping()


def test_the_manual_tells_the_rules_defaults() -> None:
    defaults = {setting.key: setting.default for setting in SETTINGS}
    told: set[str] = set()
    comments = ""
    for line in (MANUAL / "rules.yaml").read_text().partition("objective:")[0].splitlines():
        if line.strip().startswith("#"):
            comments += line.strip("# ") + " "
        elif line.startswith("  "):
            key = line.strip().partition(":")[0]
            default = re.findall(r"Default: (no limit|\d+)", comments)[-1]
            assert defaults[key] == (None if default == "no limit" else int(default)), key
            told.add(key)
    assert told == set(keys(WrittenRules)) - {"exceptions"}


def test_a_models_default_is_its_domains() -> None:
    assert WrittenRules().domain() == Settings()
    assert WrittenObjective().domain() == Objective()
