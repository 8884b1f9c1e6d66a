"""The cards of all parties, as each of them sees them on its operations; nobody's part follows from a card."""

from collections.abc import Callable
from dataclasses import replace

from arshjul.agenda.entry import one_line
from arshjul.agenda.participants import others
from arshjul.agenda.party import Party
from arshjul.domain.entries.learnt import CardVersion, latest_cards
from arshjul.domain.operation import Placement
from arshjul.domain.party_view import ViewCard, ViewCards
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario

TEXTS = ("may", "may_not", "looks_for", "told_when", "before", "phone")
"""The texts of a card, in the order in which they are read."""

LONGEST_NEED = 200
"""The characters of a text of a card in a line of a calendar: its page has the rest."""


def view_card(scenario: Scenario, one: CardVersion) -> ViewCard:
    """A card as it is shown to anybody."""
    card = one.card
    said = {key: getattr(card, key) for key in TEXTS if getattr(card, key)}
    return ViewCard(card.party, scenario.parties[card.party].name, one.version, said, card.sectors, card.review_by)


def cards_of(scenario: Scenario, plan: Plan) -> tuple[ViewCard, ...]:
    """The cards of the parties that are left, in the scenario's order."""
    known = latest_cards(plan.entries.cards)
    return tuple(view_card(scenario, known[id]) for id in scenario.parties if id in known)


def with_told_cards(plan: Plan, may_be_told: Callable[[str], bool]) -> Plan:
    """The plan without the cards of parties whose last one has a text that may not be told."""
    known = latest_cards(plan.entries.cards)
    untold = {id for id, one in known.items() if not all(may_be_told(getattr(one.card, key)) for key in TEXTS)}
    cards = tuple(one for one in plan.entries.cards if one.party not in untold)
    return plan if not untold else replace(plan, entries=plan.entries.with_lists(cards=cards))


def needs_of_others(scenario: Scenario, plan: Plan, party: Party, placement: Placement) -> list[tuple[str, str]]:
    """When the agencies that come there, as far as the party sees them, want to be told, and what they need before.

    Each by its name, from its card.
    """
    known, operation = latest_cards(plan.entries.cards), scenario.operations[placement.operation]
    found = []
    for id in others(scenario, party, placement).agencies if known else ():
        card = known[id].card if id in known else None
        if card is not None and (not card.sectors or operation.sector in card.sectors):
            said = [_shortened(text) for text in (card.told_when, card.before) if text]
            if said:
                found.append((scenario.agencies[id].name, "; ".join(said)))
    return found


def _shortened(text: str) -> str:
    line = one_line(text).rstrip(".")
    return line if len(line) <= LONGEST_NEED else f"{line[: LONGEST_NEED - 1].rstrip()}…"


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
