"""The pages, a file for each thing that a coordinator comes for."""

from arshjul.console.access import Page
from arshjul.console.pages import (
    importing,
    language,
    log,
    operations,
    options,
    outbox,
    proposal,
    publishing,
    sign_in,
    subscribers,
    today,
    weeks,
    withdrawals,
    year,
)

PAGES: tuple[Page, ...] = (
    *sign_in.pages,
    *language.pages,
    *today.pages,
    *withdrawals.pages,
    *options.pages,
    *proposal.pages,
    *outbox.pages,
    *publishing.pages,
    *year.pages,
    *weeks.pages,
    *operations.pages,
    *importing.pages,
    *subscribers.pages,
    *log.pages,
)
"""Every path that is answered."""
