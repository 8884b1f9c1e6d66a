"""A doubt about a scenario, with the place where it can be put right."""

from dataclasses import dataclass

from arshjul.errors import Message

Where = tuple[str | int, ...]
"""A place in a scenario, like `"operations", 1, "after"`."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubt, its kind, and its place."""

    kind: str
    text: Message
    where: Where
