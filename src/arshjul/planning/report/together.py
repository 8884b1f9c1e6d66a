"""What the parties tell each other besides: minutes and actions of meetings, cards, situation pictures."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from arshjul.agenda.meetings import meetings
from arshjul.domain.calendar import Span
from arshjul.domain.entries.card import latest_cards
from arshjul.domain.entries.meeting import latest_actions
from arshjul.domain.entries.picture import latest_themes
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message

TOGETHER: Mapping[str, Message] = {
    "minutes": Message("meetings that have been, and have minutes"),
    "actions_done": Message("actions of these meetings that are done"),
    "actions_overdue": Message("actions of these meetings that are overdue"),
    "cards": Message("agencies and units that have a card"),
    "old_cards": Message("cards that should have been looked through"),
    "themes_taken": Message("themes of situation pictures that were taken over"),
    "themes_waiting": Message("themes of situation pictures that are not decided"),
}


def together(scenario: Scenario, plan: Plan, today: date, period: Span) -> dict[str, tuple[int, int]]:
    """How many, and of how many, by the keys of `TOGETHER`; nothing of a kind that nobody has entered."""
    return dict(
        (*_meetings(scenario, plan, today, period), *_cards(scenario, plan, today), *_themes(scenario, plan, period))
    )


Figures = Iterator[tuple[str, tuple[int, int]]]


def _meetings(scenario: Scenario, plan: Plan, today: date, period: Span) -> Figures:
    if plan.entries.minutes:
        been = [one for one in meetings(scenario, plan) if one.day in period and one.day < today]
        yield "minutes", _share([one for one in been if one.minutes and one.minutes.said], been)
    actions = [one for one in latest_actions(plan.entries.meeting_actions).values() if one.day in period]
    if actions:
        yield "actions_done", _share([one for one in actions if one.state == "done"], actions)
        yield "actions_overdue", _share([one for one in actions if one.is_overdue(today)], actions)


def _cards(scenario: Scenario, plan: Plan, today: date) -> Figures:
    cards = [one.card for id, one in latest_cards(plan.entries.cards).items() if id in scenario.parties]
    if cards:
        yield "cards", _share(cards, scenario.parties)
        yield "old_cards", _share([one for one in cards if one.review_by and one.review_by < today], cards)


def _themes(scenario: Scenario, plan: Plan, period: Span) -> Figures:
    themes = [one for one in latest_themes(plan.entries.pictures, scenario) if one.picture.period.first in period]
    if themes:
        yield "themes_taken", _share([one for one in themes if one.theme.decision in ("priority", "interest")], themes)
        yield "themes_waiting", _share([one for one in themes if one.theme.decision == "open"], themes)


def _share(some: Collection[object], of: Collection[object]) -> tuple[int, int]:
    return len(some), len(of)
