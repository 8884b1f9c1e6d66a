"""The cards of all parties, as each of them sees them on its operations; nobody's part follows from a card."""

from collections.abc import Callable

from arshjul.domain.entries.card import CardVersion, latest_cards
from arshjul.domain.party_view import ViewCard, ViewCards
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario

TEXTS = ("may", "may_not", "looks_for", "told_when", "before", "phone")
"""The texts of a card, in the order in which they are read."""


def view_card(scenario: Scenario, one: CardVersion) -> ViewCard:
    """A card as it is shown to anybody."""
    card = one.card
    said = {key: getattr(card, key) for key in TEXTS if getattr(card, key)}
    return ViewCard(card.party, scenario.parties[card.party].name, one.version, said, card.sectors, card.review_by)


def cards_of(scenario: Scenario, plan: Plan) -> tuple[ViewCard, ...]:
    """The cards of the parties that are left, in the scenario's order."""
    known = latest_cards(plan.entries.cards)
    return tuple(view_card(scenario, known[id]) for id in scenario.parties if id in known)


def view_cards(
    scenario: Scenario, plan: Plan, party: str, may_be_told: Callable[[str], bool] = lambda _: True
) -> ViewCards:
    """What one party sees: its own card, those whose texts may be told, and the sectors of its operations."""
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
