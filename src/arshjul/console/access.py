"""Access: the roles, and the declaration of a page, without which no path is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from arshjul.errors import Message

if TYPE_CHECKING:
    from arshjul.console.answers import Answer
    from arshjul.console.visit import Visit

Role = Literal["coordinator", "deputy", "viewer", "auditor"]
ROLES: tuple[Role, ...] = ("coordinator", "deputy", "viewer", "auditor")

ROLE_NAMES: Mapping[str, Message] = {
    "coordinator": Message("as coordinator"),
    "deputy": Message("as deputy"),
    "viewer": Message("as viewer"),
    "auditor": Message("as auditor"),
}
"""What people call the roles of those who come in."""

CHANGING: frozenset[Role] = frozenset({"coordinator", "deputy"})
"""Those who plan."""

READING: frozenset[Role] = CHANGING | {"auditor"}
"""Those who see the whole year: the auditor changes nothing."""

ALL: frozenset[Role] = READING | {"viewer"}
"""Everybody who is in: the viewer sees no dates to come."""

ANYBODY: frozenset[Role] = frozenset()
"""Also those who are not in yet. Only the way in is so."""


@dataclass(frozen=True, slots=True)
class Page:
    """A path with a method, what it does, and the roles that may do it. `takes_file`: its form sends one along."""

    path: str
    method: Literal["GET", "POST"]
    action: str
    roles: frozenset[Role]
    handler: "Callable[[Visit], Answer]"
    takes_file: bool = False

    @property
    def needs_token(self) -> bool:
        """True if its form is a session's; the others' secret is their address."""
        return self.method == "POST" and self.roles is not ANYBODY

    def is_open_to(self, role: str | None) -> bool:
        """True if whoever has that role (None: is not in) may do it."""
        return self.roles is ANYBODY or role in self.roles
