"""What a field says of itself besides its type and its range: what its ids name.

area: AreaId
agencies: dict[AgencyId, Whole] = {}
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from arshjul.formats.words import Id


@dataclass(frozen=True, slots=True)
class Refers:
    """The id is one of that section, and must be there unless it is `free`."""

    section: str
    free: bool = False


class FromReplan:
    """The key stands in plan.json alone: whoever writes entries leaves it out, since it follows from the replan."""


ShiftId = Annotated[Id, Refers("shifts")]
AreaId = Annotated[Id, Refers("areas")]
UnitId = Annotated[Id, Refers("police")]
AgencyId = Annotated[Id, Refers("agencies")]
OperationId = Annotated[Id, Refers("operations")]
WithdrawalId = Annotated[Id, Refers("withdrawals")]
PartyId = Annotated[Id, Refers("parties")]
WordId = Annotated[Id, Refers("names", free=True)]
"""A sector or a programme: the section `names` has a word for it, or none."""

Reference = tuple[str, str]
"""A place, `[]` standing for every position of a list and `{}` for every key of a mapping; and the section it names."""


def references(kind: Any, place: str = "") -> Iterator[Reference]:
    """The places of that kind of value that name something which must be there, in the order of the keys."""
    origin, parts = get_origin(kind), get_args(kind)
    if FromReplan in parts:
        return
    if origin is Annotated:
        yield from ((place, one.section) for one in parts[1:] if isinstance(one, Refers) and not one.free)
        yield from references(parts[0], place)
    elif origin in {Union, UnionType}:
        for part in parts:
            yield from references(part, place)
    elif origin is list:
        yield from references(parts[0], f"{place}[]")
    elif origin is dict:
        yield from references(parts[0], f"{place}{{}}")
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            within = f"{place}.{field.alias or name}".removeprefix(".")
            yield from references(Annotated[field.annotation, *field.metadata, None], within)


def lists(model: type[BaseModel]) -> Iterator[str]:
    """The keys of a mapping whose values are lists."""
    for name, field in model.model_fields.items():
        if any(get_origin(kind) is list for kind in (field.annotation, *get_args(field.annotation))):
            yield field.alias or name
