"""The pages, a module for each thing that a party comes for."""

from types import ModuleType

from arshjul.portal.pages import (
    calendars,
    card,
    entering,
    evaluations,
    home,
    meetings,
    nominate,
    obstacles,
    offers,
    picture,
    questions,
    report,
    sheets,
    unit_list,
    withdrawals,
)
from arshjul.portal.visit import PartyPage

MODULES: tuple[ModuleType, ...] = (
    entering, home, report, withdrawals, questions, nominate, offers, calendars,
    sheets, unit_list, obstacles, evaluations, card, picture, meetings,
)  # fmt: skip

PAGES: tuple[PartyPage, ...] = tuple(page for module in MODULES for page in module.pages)
