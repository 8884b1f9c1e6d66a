"""The keys that all entries of a year have."""

from typing import Annotated, TypeVar

from arshjul.errors import Message
from arshjul.formats.schema.fields import FromReplan, Told
from arshjul.formats.shape import Mapped, Shape
from arshjul.formats.words import Moment, Whole

# fmt: off
# A field is a line.

Thing = TypeVar("Thing")


class WrittenEntry(Shape[Thing]):
    """The keys of every entry; `revision` is only in plan.json."""

    reported: Annotated[Moment | None, Told(Message("Reported"), Message("When it was reported. Empty: at the replan."), prompt=Message("Reported (empty: now)"))] = None
    revision: Annotated[Whole | None, FromReplan] = None

    def mapping(self) -> Mapped:
        """The entry's own keys, followed by `reported` and `revision`."""
        written = super().mapping()
        last: Mapped = {key: written.pop(key) for key in ("reported", "revision") if key in written}
        return {**written, **last}
