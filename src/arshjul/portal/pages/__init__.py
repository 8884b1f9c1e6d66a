"""The pages, a module for each thing that a party comes for."""

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

PAGES: tuple[PartyPage, ...] = (
    *entering.pages,
    *home.pages,
    *report.pages,
    *withdrawals.pages,
    *questions.pages,
    *nominate.pages,
    *offers.pages,
    *calendars.pages,
    *sheets.pages,
    *unit_list.pages,
    *obstacles.pages,
    *evaluations.pages,
    *card.pages,
    *picture.pages,
    *meetings.pages,
)
"""All pages."""
