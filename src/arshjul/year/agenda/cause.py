"""The cause of an operation's leaving its place, in words and as far as its reader may know it.

Causes are found when a replan is made, and kept with it (`year/rules/causes.py`). The reason for a withdrawal is told
to the coordinator and to the unit that withdrew; others read only that officers were withdrawn.
"""

from collections.abc import Iterable, Mapping
from functools import reduce

from arshjul.errors import Message
from arshjul.year.agenda.party import COORDINATOR, Party, name_of, sees_others
from arshjul.year.domain.change import ChangeCause, Kind
from arshjul.year.domain.operation import PartOfPlace, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal, in_force
from arshjul.year.rules.told_causes import ToldCauses, told_absence, told_causes

KINDS = {
    "shooting": Message("a shooting"),
    "accident": Message("a big accident"),
    "special-event": Message("a special event"),
    "match": Message("a match"),
    "demonstration": Message("a demonstration"),
    "illness": Message("illness"),
    "other": Message("another reason"),
}

NAMES = {
    "shooting": Message("Shooting"),
    "accident": Message("Big accident"),
    "special-event": Message("Special event"),
    "match": Message("Match"),
    "demonstration": Message("Demonstration"),
    "illness": Message("Illness"),
    "other": Message("Other"),
}
"""The same as choices."""
DECIDED = Message("the coordinator's decision")
ON_THE_DAY = Message("its being called off on the day")
CHANGED_CONDITIONS = Message("changed conditions")
TAKEN_BACK = Message("the earlier change being taken back")


def cause(scenario: Scenario, plan: Plan, old: Placement, reader: Party, of: PartOfPlace = "place") -> Message | None:
    """In one phrase. None if it is there, or if no revision of this plan made it leave. `scenario` may know more than
    the plan's own, to name what is gone from it.
    """
    now = plan.placed.get(old.operation)
    if now is not None and old.part(of) == now.part(of):
        return None
    if plan.base is None:
        return Message("a plan made anew") if plan.placements else None
    return _all_said(scenario, plan, told_causes(scenario, plan, old, of), old, reader)


def absence(scenario: Scenario, plan: Plan, old: Placement, agency: str, reader: Party) -> Message | None:
    told = None if plan.base is None else told_absence(scenario, plan, old.operation, agency)
    return None if told is None else _all_said(scenario, plan, [told], old, reader)


def _all_said(
    scenario: Scenario, plan: Plan, told: Iterable[ToldCauses], old: Placement, reader: Party
) -> Message | None:
    said: list[Message] = []
    for causes in told:
        known = in_force(report for report in plan.entries.withdrawals if (report.revision or 0) <= causes.revision)
        reports = {report.id: report for report in known}
        for why in causes.causes:
            words = _said(scenario, reports, why, old, reader)
            said += [words] if words is not None and words not in said else []
    if not said:
        return None
    return reduce(lambda first, more: Message("{cause} and of {more}", {"cause": first, "more": more}), said)


def _said(
    scenario: Scenario, reports: Mapping[str, Withdrawal], why: ChangeCause, old: Placement, reader: Party
) -> Message | None:
    """One cause in words; None if the reader is not to know it."""
    match why.kind:
        case "withdrawal":
            return _withdrawn(reports.get(why.id), reader)
        case "teams":
            return _short_of_teams(scenario, why, old, reader)
        case "asked" if why.absent:
            return _refusal(scenario, why, reader)
        case "asked":
            return _in_its_words(why, Message("a wish for another date"), reader)
        case "knock-on" if why.absent:
            return Message("other operations that needed the teams")
        case _:
            return _WORDS[why.kind]


_WORDS: Mapping[Kind, Message] = {
    "outcome": ON_THE_DAY,
    "scenario": CHANGED_CONDITIONS,
    "pin": DECIDED,
    "agreed": Message("what all who take part agreed to"),
    "decided": DECIDED,
    "tied": Message("another operation that it is tied to"),
    "knock-on": Message("other operations that needed its place"),
    "undone": TAKEN_BACK,
}


def _withdrawn(withdrawal: Withdrawal | None, reader: Party) -> Message:
    if withdrawal is None or not (
        reader == COORDINATOR or (reader.kind == "police" and reader.id in withdrawal.police)
    ):
        return Message("withdrawn police officers")
    return _in_a_sentence(withdrawal)


def _short_of_teams(scenario: Scenario, why: ChangeCause, old: Placement, reader: Party) -> Message:
    agency = scenario.agencies.get(why.party)
    if reader == Party("agency", why.party):
        return _in_its_words(why, Message("too few teams of yours"), reader)
    if agency is None or not sees_others(scenario, reader, old):
        return Message("too few teams at an agency")
    if why.absent == why.party:
        return _in_its_words(why, Message("too few teams there"), reader)
    return _in_its_words(why, Message("too few teams at {agency}", {"agency": agency.name}), reader)


def _refusal(scenario: Scenario, why: ChangeCause, reader: Party) -> Message | None:
    """The words for an optional agency's no, for itself and the coordinator: others read that it takes no part."""
    if reader == Party("agency", why.absent):
        return Message("your no")
    if reader != COORDINATOR:
        return None
    return Message("a no from {agency}", {"agency": name_of(scenario, why.absent)})


def _in_its_words(why: ChangeCause, said: Message, reader: Party) -> Message:
    if not why.given or reader not in (COORDINATOR, Party("agency", why.party)):
        return said
    return Message("{why} ({given})", {"why": said, "given": KINDS.get(why.given, why.given)})


def kind_of(withdrawal: Withdrawal) -> Message:
    """The reason that a withdrawal gives; its id if it gives none."""
    return KINDS.get(withdrawal.cause, Message("{cause}", {"cause": withdrawal.cause or withdrawal.id}))


def _in_a_sentence(withdrawal: Withdrawal) -> Message:
    """The same within a sentence: a reason that somebody wrote with a capital is quoted."""
    given = withdrawal.cause
    if not given:
        return Message("withdrawal {id}", {"id": withdrawal.id})
    if given not in KINDS and given[:1].isupper():
        return Message('"{cause}"', {"cause": given})
    return kind_of(withdrawal)
