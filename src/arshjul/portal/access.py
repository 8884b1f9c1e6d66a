"""The declaration of pages: a path without one is not answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from starlette.responses import Response

    from arshjul.portal.visit import PortalVisit

ANYBODY, ANY_CONTACT = "anybody", ""
"""Instead of a right: also without a session; and every contact."""


@dataclass(frozen=True, slots=True)
class PartyPage:
    """A path with a method, and the right that a contact needs for it."""

    path: str
    method: Literal["GET", "POST"]
    right: str
    handler: "Callable[[PortalVisit], Response]"

    @property
    def needs_session(self) -> bool:
        """True if only contacts may use it."""
        return self.right != ANYBODY
