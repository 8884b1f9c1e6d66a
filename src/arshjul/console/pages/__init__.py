"""The pages, a module for each task of a coordinator."""

from arshjul.console.access import Page
from arshjul.console.entry_forms import EntryForm
from arshjul.console.pages import (
    calls,
    contacts,
    evaluations,
    importing,
    log,
    nominations,
    objects,
    obstacles,
    operation,
    operations,
    options,
    outbox,
    outcomes,
    party_nominations,
    proposal,
    publishing,
    report,
    sign_in,
    subscribers,
    teams_lost,
    today,
    turn,
    weeks,
    withdrawals,
    worth,
    year,
)

PAGES: tuple[Page, ...] = (
    *sign_in.pages,
    *today.pages,
    *withdrawals.pages,
    *teams_lost.pages,
    *options.pages,
    *proposal.pages,
    *outbox.pages,
    *publishing.pages,
    *year.pages,
    *turn.pages,
    *weeks.pages,
    *operations.pages,
    *operation.pages,
    *outcomes.pages,
    *nominations.pages,
    *party_nominations.pages,
    *objects.pages,
    *importing.pages,
    *subscribers.pages,
    *contacts.pages,
    *calls.pages,
    *report.pages,
    *obstacles.pages,
    *evaluations.pages,
    *worth.pages,
    *log.pages,
)
"""All pages."""

ENTRY_FORMS: tuple[EntryForm, ...] = (
    *withdrawals.forms,
    *teams_lost.forms,
    *operation.forms,
    *evaluations.forms,
    *nominations.forms,
    *obstacles.forms,
)
"""All forms that make an entry."""
