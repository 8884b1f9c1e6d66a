"""The pages, a file for each thing that a coordinator comes for."""

from arshjul.console.access import Page
from arshjul.console.pages import language, log, options, publishing, sign_in, today, withdrawals

PAGES: tuple[Page, ...] = (
    *sign_in.pages,
    *language.pages,
    *today.pages,
    *withdrawals.pages,
    *options.pages,
    *publishing.pages,
    *log.pages,
)
"""Every path that is answered."""
