"""The questions that can be asked: one more of a party in each month, or a rule a step looser."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from arshjul.agenda.party import parties, party_meant, party_named
from arshjul.agenda.year import months
from arshjul.domain.calendar import Span
from arshjul.domain.extra_capacity import EXTRA_OFFICERS, extra_shifts
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.rules import HARD
from arshjul.rules.hard.agency_teams import AgencyTeams
from arshjul.rules.hard.police_officers import PoliceOfficers
from arshjul.rules.rule import Loosening, Rule
from arshjul.texts import Month, counted


@dataclass(frozen=True, slots=True)
class WhatIfQuestion:
    """More of the party of that id, month by month; or that rule, or one setting of it, a step looser."""

    kind: Literal["party", "rule"]
    id: str


def loosening_rules() -> tuple[Rule, ...]:
    """The rules that can be loosened a step."""
    return tuple(rule for rule in HARD if rule.has_step())


_RULES = {
    name: rule
    for rule in loosening_rules()
    for name in (rule.id, *(setting.key for setting in rule.settings if setting.step))
}
"""Those rules, by what they can be named by: their ids, and the keys of their settings."""


def question_of(scenario: Scenario, party: str | None, rule: str | None) -> WhatIfQuestion:
    """The question that is meant. InputError, with all rules that can be asked about, if it is none."""
    if party is not None and rule is None:
        named = party_meant(party, [str(one) for one in parties(scenario)[1:]])
        return WhatIfQuestion("party", party_named(named).id)
    if party is None and rule in _RULES:
        return WhatIfQuestion("rule", str(rule))
    rules = [Message("{id} ({title})", {"id": one.id, "title": one.title}) for one in loosening_rules()]
    settings = [name for name, one in _RULES.items() if name != one.id]
    these = Message(
        "Rules to loosen a step: {rules}; single settings: {settings}.",
        {"rules": rules, "settings": settings},
    )
    if party is None and rule is not None:
        raise InputError(Message('"{given}" cannot be loosened. {these}', {"given": rule, "these": these}))
    text = Message("Name either --party or --rule. {these}", {"these": these})
    raise InputError(text)


def rule_choices() -> dict[str, Message]:
    """What can be loosened a step, by the words of the sheet Rules: a setting, or a rule that has none with a step."""
    found: dict[str, Message] = {}
    for rule in loosening_rules():
        found |= {setting.key: setting.name for setting in rule.settings if setting.step} or {rule.id: rule.title}
    return found


def party_choices(scenario: Scenario) -> dict[str, Message]:
    """What more of each party means, by its id."""
    teams = {id: Message("One more team of {party}", {"party": one.name}) for id, one in scenario.agencies.items()}
    officers = {
        id: Message("{n} more officers of {party}", {"party": one.name, "n": EXTRA_OFFICERS})
        for id, one in scenario.police.items()
    }
    return teams | officers


def title(scenario: Scenario, asked: WhatIfQuestion) -> Message:
    """The question in words; the id of a party that is no longer there."""
    if asked.kind == "party":
        what = party_choices(scenario).get(asked.id, Message("{id}", {"id": asked.id}))
        return Message("{what}, month by month", {"what": what})
    return Message("A step looser: {rule}", {"rule": _named(asked.id)})


def _named(rule: str) -> Message:
    return rule_choices().get(rule, _RULES[rule].title)


def loosenings(scenario: Scenario, asked: WhatIfQuestion, as_of: datetime) -> list[Loosening]:
    """The steps to try, of the months that are not over. InputError if there is none."""
    if asked.kind == "party" and asked.id not in scenario.parties:
        raise InputError(Message("No party {given} in the plan.", {"given": asked.id}))
    today = as_of.date()
    ahead = [Span(max(one.first, today), one.last) for one in months(scenario.span) if one.last >= today]
    if asked.kind == "party":
        found = list(_of_party(scenario, asked.id, ahead))
        text = Message("{party} offers nothing ahead to increase.", {"party": scenario.parties[asked.id].name})
    else:
        steps = _RULES[asked.id].looser(scenario, ahead)
        found = [step for step in steps if asked.id in (step.of, _RULES[asked.id].id)]
        text = Message("{rule} affects no operation: choose another rule.", {"rule": _named(asked.id)})
    if not found:
        raise InputError(text)
    return found


def _of_party(scenario: Scenario, party: str, ahead: list[Span]) -> Iterator[Loosening]:
    rule = AgencyTeams() if party in scenario.agencies else PoliceOfficers()
    for month in ahead:
        for step in rule.looser(scenario, [month]):
            if step.of == party:
                n = len(extra_shifts(scenario, party, [month]))
                text = counted(n, "{month} (one shift)", "{month} ({n} shifts)", month=Month(month.first))
                yield replace(step, of=f"{month.first:%Y-%m}", text=text)
