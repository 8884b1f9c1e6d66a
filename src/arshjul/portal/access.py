"""The declaration of pages: a path without one is not answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arshjul.domain.contact import QUESTIONS, TO_EVALUATE, TO_OFFER, TO_SHEETS
from arshjul.domain.feature import Feature, feature_of
from arshjul.formats.schema.party_entry import ANSWER, EVALUATING, EVALUATION, OFFERS, SHEET
from arshjul.serving.pages import Answer, ServedPage

if TYPE_CHECKING:
    from arshjul.portal.visit import PortalVisit

BESIDE_ONE_PAGE = ("/", "/receipts/{entry}", "/out", "/language")
"""The paths that an address for one page opens besides: the first leads to that page, receipts are of its entries.

One for information sheets opens the page of codes too: what others have given is read after one.
"""

ENTRIES_OF_PAGE: Mapping[str, tuple[str, ...]] = {
    QUESTIONS: (ANSWER,),
    TO_EVALUATE: (EVALUATION, EVALUATING),
    TO_OFFER: OFFERS,
    TO_SHEETS: (SHEET,),
}
"""The kinds of entries that are sent from a page that has addresses of its own."""

ANYBODY, ANY_CONTACT = "anybody", ""
"""Instead of a right: also without a session; and every contact."""


@dataclass(frozen=True, slots=True)
class PartyPage(ServedPage):
    """A page of the portal, the right that a contact needs for it, and how often one may use it within a day."""

    right: str
    handler: "Callable[[PortalVisit], Answer]"
    most_a_day: int | None = None

    def is_open_to(self, only_page: str) -> bool:
        """True if it may be used by an address that opens that page alone; empty: one that opens all."""
        own = [only_page, "code"] if only_page == TO_SHEETS else [only_page]
        return not only_page or self.path in BESIDE_ONE_PAGE or self.path.split("/")[1] in own

    @property
    def feature(self) -> Feature | None:
        """The feature that it belongs to; None: it is there whatever the year uses."""
        return feature_of(self.path, "portal")

    @property
    def needs_session(self) -> bool:
        """True if only contacts may use it."""
        return self.right != ANYBODY
