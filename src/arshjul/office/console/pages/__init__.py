"""The pages, a module for each task of a coordinator."""

from types import ModuleType

from arshjul.office.console.entry_forms import EntryForm
from arshjul.office.console.pages import (
    contacts,
    evaluations,
    learnt,
    meetings,
    nominations,
    operation,
    operations,
    options,
    proposal,
    publishing,
    report,
    settings,
    subscribers,
    today,
    withdrawals,
    year,
)
from arshjul.office.console.visit import Page

MODULES: tuple[ModuleType, ...] = (
    today, withdrawals, options, proposal, publishing, year,
    operations, operation, nominations, settings, subscribers, contacts,
    report, evaluations, learnt, meetings,
)  # fmt: skip

PAGES: tuple[Page, ...] = tuple(page for module in MODULES for page in module.pages)
ENTRY_FORMS: tuple[EntryForm, ...] = tuple(form for module in MODULES for form in getattr(module, "forms", ()))
"""All forms that make an entry."""
