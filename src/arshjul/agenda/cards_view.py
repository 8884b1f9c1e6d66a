"""The cards of all parties, as each of them sees them on its operations; nobody's part follows from a card."""

from collections.abc import Callable
from dataclasses import replace

from arshjul.agenda.entry import one_line
from arshjul.agenda.party import Party, others
from arshjul.domain.entries.card import latest_cards
from arshjul.domain.party_view import ViewCard, ViewCards
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario

TEXTS = ("may", "may_not", "looks_for", "told_when", "before", "phone")
"""The texts of a card, in the order in which they are read."""
LONGEST_NEED = 200
"""The characters of a text of a card in a line of a calendar: its page has the rest."""


def cards_of(scenario: Scenario, plan: Plan) -> tuple[ViewCard, ...]:
    """As they are shown to anybody, in the scenario's order."""
    known, found = latest_cards(plan.entries.cards), []
    for id, party in scenario.parties.items():
        if (one := known.get(id)) is not None:
            said = {key: getattr(one.card, key) for key in TEXTS if getattr(one.card, key)}
            found.append(ViewCard(id, party.name, one.version, said, one.card.sectors, one.card.review_by))
    return tuple(found)


def with_told_cards(plan: Plan, may_be_told: Callable[[str], bool]) -> Plan:
    known = latest_cards(plan.entries.cards)
    untold = {id for id, one in known.items() if not all(may_be_told(getattr(one.card, key)) for key in TEXTS)}
    cards = tuple(one for one in plan.entries.cards if one.party not in untold)
    return plan if not untold else replace(plan, entries=plan.entries.with_lists(cards=cards))


def needs_of_others(scenario: Scenario, plan: Plan, party: Party, placement: Placement) -> list[tuple[str, str]]:
    """From their cards, by name: when agencies that the party sees there want to be told, and what they need before."""
    known, operation = latest_cards(plan.entries.cards), scenario.operations[placement.operation]
    found = []
    for id in others(scenario, party, placement).agencies if known else ():
        card = known[id].card if id in known else None
        if card is not None and (not card.sectors or operation.sector in card.sectors):
            lines = [one_line(text).rstrip(".") for text in (card.told_when, card.before) if text]
            said = [one if len(one) <= LONGEST_NEED else f"{one[: LONGEST_NEED - 1].rstrip()}…" for one in lines]
            if said:
                found.append((scenario.agencies[id].name, "; ".join(said)))
    return found


def view_cards(
    scenario: Scenario, plan: Plan, party: str, may_be_told: Callable[[str], bool] = lambda _: True
) -> ViewCards:
    cards = tuple(
        one for one in cards_of(scenario, plan) if one.party == party or all(map(may_be_told, one.said.values()))
    )
    if not cards:
        return ViewCards()
    there = (place for place in plan.placements if place.operation in scenario.operations)
    own = [
        scenario.operations[place.operation]
        for place in there
        if party in scenario.agencies_told(place) or party in scenario.lenders(place.operation, place.police)
    ]
    return ViewCards(cards, {one.id: one.sector for one in own})
