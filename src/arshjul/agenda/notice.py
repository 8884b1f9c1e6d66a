"""A change as one party is told of it: no more than its own feed shows.

The unit that loses an operation to another one reads that that one takes over, as in its feed, and not
which it is or on what date; who only takes part is not told which unit serves, nor why that unit
withdrew its officers.
"""

from datetime import date

from arshjul.agenda.cause import cause
from arshjul.agenda.part_change import because
from arshjul.agenda.party import Party
from arshjul.agenda.when import placed_when
from arshjul.agenda.wording import concerns
from arshjul.domain.change import Move
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.texts import counted


def notice(scenario: Scenario, plan: Plan, party: Party, move: Move) -> Message | None:
    """The change in a sentence for that party; None where nothing changes in what it sees."""
    old, new = seen(scenario, party, move.old), seen(scenario, party, move.new)
    what = {"what": operation_said(scenario, move.operation)}
    if old is None and new is None:
        return None
    if old is None and new is not None:
        said = Message("{what}: new, {place}", {**what, "place": placed_when(scenario, new)})
        return with_notice(plan, new.slot.day, said)
    if old is None or (new is not None and new.slot == old.slot):
        return None
    values, day = {**what, "old": placed_when(scenario, old)}, old.slot.day
    if new is None and move.old is not None and is_handed_on(plan, party, move.old):
        said = Message("{what}: another unit takes over, was {old}", values)
    elif new is None:
        said = Message("{what}: called off, was {old}", values)
    else:
        values["new"] = placed_when(scenario, new)
        said, day = Message("{what}: moved to {new}, was {old}", values), min(day, new.slot.day)
    return with_notice(plan, day, because(said, cause(scenario, plan, old, party)))


def is_handed_on(plan: Plan, party: Party, old: Placement) -> bool:
    """True if the unit served the operation, and another one does now: it is not called off, on whatever date."""
    new = plan.placed.get(old.operation)
    had = party.kind == "police" and old.police == party.id
    return had and new is not None and new.police not in (None, party.id)


def seen(scenario: Scenario, party: Party, placement: Placement | None) -> Placement | None:
    """The placement, where the party has a part in the operation there; None where it has none."""
    return placement if placement is not None and concerns(scenario, party, placement) else None


def with_notice(plan: Plan, day: date, sentence: Message) -> Message:
    """The sentence with the days of notice until its first date; that date may have passed."""
    days = (day - plan.as_of.date()).days
    if days < 0:
        return Message("{sentence}.", {"sentence": sentence})
    if days == 0:
        return Message("{sentence} (told the same day).", {"sentence": sentence})
    return counted(
        days, "{sentence} (with one day's notice).", "{sentence} (with {n} days' notice).", sentence=sentence
    )


def operation_said(scenario: Scenario, id: str) -> Message:
    """An operation by its id, sector and area; never by its title, which may hint at a target."""
    operation = scenario.operations.get(id)
    if operation is None:
        return Message("{id}", {"id": id})
    area = scenario.areas[operation.area].name
    return Message("{id} ({sector}, {area})", {"id": id, "sector": scenario.word(operation.sector), "area": area})


def id_said(scenario: Scenario, id: str) -> Message:
    """An operation in a list, by its id; one that could be read as a count, as a whole."""
    return operation_said(scenario, id) if not any(map(str.isalpha, id)) else Message("{id}", {"id": id})
