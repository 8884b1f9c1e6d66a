"""What all events of the log are: a kind of action, its fields, and its sentence."""

import json
from dataclasses import asdict, dataclass
from typing import ClassVar, Protocol

from arshjul.errors import Message


class EventNames(Protocol):
    """Names for the ids in events. KeyError for unknown ids."""

    def party(self, id: str) -> Message: ...  # noqa: D102
    def subscriber(self, id: int) -> Message: ...  # noqa: D102
    def operation(self, id: str) -> Message: ...  # noqa: D102
    def published(self, number: int, hash: str = "") -> Message: ...  # noqa: D102
    def entry(self, number: int) -> Message: ...  # noqa: D102
    def role(self, id: str) -> Message: ...  # noqa: D102


EVENTS: dict[str, type["LogEvent"]] = {}
"""Every kind of event, by its action."""


@dataclass(frozen=True)
class LogEvent:
    """Something that was done. `done` follows the actor's name in a sentence, then `about`."""

    action: ClassVar[str]
    done: ClassVar[Message]

    def __init_subclass__(cls, action: str = "", done: Message | None = None) -> None:
        """Registers a kind of event by its action; a class without an action is a base of several kinds."""
        if done is not None:
            cls.action, cls.done = action, done
            EVENTS[action] = cls

    def about(self, names: EventNames) -> Message | None:  # noqa: ARG002
        """The object of the action; None if `done` says all."""
        return None

    @property
    def text(self) -> str:
        """The event as stored in the log."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
