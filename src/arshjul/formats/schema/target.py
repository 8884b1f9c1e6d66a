"""`targets`: what is to be reached in a part of the year."""

from typing import Any

from pydantic import Field

from arshjul.domain.calendar import Span
from arshjul.domain.target import Target
from arshjul.formats.shape import Shape
from arshjul.formats.words import Day, Id, Name, Whole, ends_before, wrong


class WrittenTarget(Shape[Target]):
    """So many operations of some kinds between two dates; a list left out means all."""

    thing = Target

    id: Id
    name: Name | None = None
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    sectors: list[Id] | None = None
    areas: list[Id] | None = None
    programmes: list[Id] | None = None
    at_least: Whole
    points: Whole | None = None

    def model_post_init(self, _: object) -> None:
        """Refuses one that ends before it begins."""
        if self.last < self.first:
            raise wrong("bad-value", ends_before(self.first, self.last), "to")

    @property
    def span(self) -> Span:
        """Its dates."""
        return Span(self.first, self.last)

    def domain(self) -> Target:
        """The target."""
        sectors, areas, programmes = (
            None if kind is None else tuple(kind) for kind in (self.sectors, self.areas, self.programmes)
        )
        return Target(self.id, self.name or self.id, self.span, self.at_least, sectors, areas, programmes, self.points)

    @classmethod
    def attributes(cls, thing: Target) -> dict[str, Any]:
        """Its span is two keys."""
        own = {name: getattr(thing, name) for name in cls.model_fields if name not in {"first", "last"}}
        return {**own, "first": thing.span.first, "last": thing.span.last}
