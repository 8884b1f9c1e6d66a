"""The pages, a module for each thing that a party comes for."""

from types import ModuleType

from arshjul.portal.pages import (
    entering,
    evaluations,
    home,
    learnt,
    nominate,
    offers,
    questions,
    report,
    sheet_giving,
    sheet_writing,
    sheets,
)
from arshjul.portal.visit import PartyPage

MODULES: tuple[ModuleType, ...] = (
    entering, home, report, questions, nominate, offers,
    sheets, sheet_giving, sheet_writing, evaluations, learnt,
)  # fmt: skip

PAGES: tuple[PartyPage, ...] = tuple(page for module in MODULES for page in module.pages)
