"""The pages, a module for each task of a coordinator."""

from types import ModuleType

from arshjul.console.entry_forms import EntryForm
from arshjul.console.pages import (
    calls,
    cards,
    contacts,
    evaluations,
    importing,
    log,
    meetings,
    nominations,
    objects,
    obstacles,
    operation,
    operations,
    options,
    outbox,
    outcomes,
    party_nominations,
    pictures,
    proposal,
    publishing,
    report,
    sign_in,
    subscribers,
    today,
    turn,
    what_if,
    withdrawals,
    year,
)
from arshjul.console.visit import Page

MODULES: tuple[ModuleType, ...] = (
    sign_in, today, withdrawals, options, proposal, outbox, publishing, year, turn,
    operations, operation, outcomes, nominations, party_nominations, objects, importing, subscribers, contacts,
    calls, report, obstacles, evaluations, cards, meetings, pictures, what_if, log,
)  # fmt: skip

PAGES: tuple[Page, ...] = tuple(page for module in MODULES for page in module.pages)
ENTRY_FORMS: tuple[EntryForm, ...] = tuple(form for module in MODULES for form in getattr(module, "forms", ()))
"""All forms that make an entry."""
