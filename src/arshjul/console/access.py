"""Access: the roles, and the declaration of pages; a path without a declaration is not answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from arshjul.domain.feature import Feature, feature_of
from arshjul.serving.pages import Answer, ServedPage

if TYPE_CHECKING:
    from arshjul.console.visit import Visit

Role = Literal["coordinator", "deputy", "viewer", "auditor"]
ROLES: tuple[Role, ...] = ("coordinator", "deputy", "viewer", "auditor")

CHANGING: frozenset[Role] = frozenset({"coordinator", "deputy"})
"""The roles that plan."""

READING: frozenset[Role] = CHANGING | {"auditor"}
"""The roles that see the whole year; an auditor changes nothing."""

ALL: frozenset[Role] = READING | {"viewer"}
"""All roles; a viewer sees no future dates."""

ANYBODY: frozenset[Role] = frozenset()
"""Also visitors without a session. Only signing in is open to them."""


@dataclass(frozen=True, slots=True)
class Page(ServedPage):
    """A page of the console, its action, and the roles that may use it."""

    action: str
    roles: frozenset[Role]
    handler: "Callable[[Visit], Answer]"

    @property
    def feature(self) -> Feature | None:
        """The feature that it belongs to; None: it is there whatever the year uses."""
        return feature_of(self.path, "console")

    @property
    def needs_session(self) -> bool:
        """True unless it is open to anybody."""
        return self.roles is not ANYBODY

    def is_open_to(self, role: str | None) -> bool:
        """True if the given role may use it (None: no session)."""
        return self.roles is ANYBODY or role in self.roles
