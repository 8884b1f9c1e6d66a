"""`targets`: what is to be reached in a part of the year."""

from typing import Any

from arshjul.domain.target import Target
from arshjul.formats.schema.fields import AreaId, WordId
from arshjul.formats.schema.place import WrittenDates
from arshjul.formats.shape import Shape
from arshjul.formats.words import Id, Name, Whole


class _Named(Shape[Target]):
    id: Id
    name: Name | None = None


class WrittenTarget(WrittenDates[Target], _Named):
    """So many operations of some kinds between two dates; a list left out means all."""

    thing = Target

    sectors: list[WordId] | None = None
    areas: list[AreaId] | None = None
    programmes: list[WordId] | None = None
    at_least: Whole
    points: Whole | None = None

    def made_of(self) -> dict[str, Any]:
        """Its name is its id, where it has none."""
        return {**super().made_of(), "name": self.name or self.id}
