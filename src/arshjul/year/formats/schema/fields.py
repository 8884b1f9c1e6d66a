"""Parts of a field's shape that follow from its declaration (year/domain/declaration.py).

`keys` gives the columns of a workbook, the fields of a form, the words for an edit and the tables of the manual.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from arshjul.errors import Message
from arshjul.year.domain.declaration import FromReplan, Refers, Spoken, Told, Unit, ValueKind, Worded

Reference = tuple[str, str]
"""A place, with `[]` for every position of a list; and the section it names.

`{}` is every key of a mapping at the end of a place, else every value.
"""


def references(kind: Any, place: str = "") -> Iterator[Reference]:
    """The places in that kind of value whose ids must exist, in the order of the keys."""
    origin, parts = get_origin(kind), get_args(kind)
    if FromReplan in parts:
        return
    if origin is Annotated:
        yield from ((place, part.section) for part in parts[1:] if isinstance(part, Refers) and not part.free)
        yield from references(parts[0], place)
    elif origin in {Union, UnionType}:
        for part in parts:
            yield from references(part, place)
    elif origin is list:
        yield from references(parts[0], f"{place}[]")
    elif origin is dict:
        for part in parts:
            yield from references(part, f"{place}{{}}")
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, about in kind.model_fields.items():
            within = place if name == "root" else f"{place}.{about.alias or name}".removeprefix(".")
            yield from references(_whole(about), within)


def lists(model: type[BaseModel]) -> Iterator[str]:
    """The keys of a mapping whose values are lists."""
    for name, about in model.model_fields.items():
        if any(get_origin(kind) is list for kind in (about.annotation, *get_args(about.annotation))):
            yield about.alias or name


@dataclass(frozen=True, slots=True)
class DeclaredKey:
    """A key with its declaration. `kind` is a word for its kind of value; a list has that of its parts, with an s.

    `model` is the shape of its value if that is a mapping or a list of mappings. `spoken`: the words of its choices.
    Numbers count `unit`, and are within `ends`, both included.
    """

    path: tuple[str, ...]
    kind: str
    told: Told
    refers: Refers | None = None
    model: type[BaseModel] | None = None
    worded: Worded | None = None
    spoken: Mapping[str, Message] = field(default_factory=dict)
    required: bool = False
    default: object = None
    unit: str = ""
    ends: tuple[int, int] | None = None

    @property
    def parts(self) -> Iterator["DeclaredKey"]:
        """The keys of its mapping."""
        for key in () if self.model is None else keys(self.model, self.path):
            told = self.told.parts.get(key.path[-1], key.told)
            yield replace(key, told=told, required=self.required and key.required)


def keys(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[DeclaredKey]:
    """The keys of a shape that people write, in their order."""
    for name, about in model.model_fields.items():
        kind, said = _kind(_whole(about))
        if FromReplan in said:
            continue
        default = None if about.default is PydanticUndefined else about.default
        refers = next((word for word in said if isinstance(word, Refers)), None)
        worded = next((word for word in said if isinstance(word, Worded)), None)
        own = getattr(model, "told", {}).get(about.alias or name)
        spoken = next((word.words for word in said if isinstance(word, Spoken)), {})
        told = own or next((word for word in said if isinstance(word, Told)), Told())
        shape = next((word for word in said if isinstance(word, type) and issubclass(word, BaseModel)), None)
        place = (*path, about.alias or name)
        unit = next((word.word for word in said if isinstance(word, Unit)), "")
        yield DeclaredKey(
            place, kind, told, refers, shape, worded, spoken, about.is_required(), default, unit, _ends(said)
        )


def _ends(said: Iterable[Any]) -> tuple[int, int] | None:
    """The least and the most that the numbers may be, where they have both ends."""
    limits = [limit for word in said for limit in (word.metadata if isinstance(word, FieldInfo) else (word,))]
    least = next((limit.ge for limit in limits if hasattr(limit, "ge")), None)
    most = next((limit.le for limit in limits if hasattr(limit, "le")), None)
    return None if least is None or most is None else (least, most)


def _whole(about: FieldInfo) -> Any:
    return Annotated[about.annotation, *about.metadata, None]


def _kind(kind: Any) -> tuple[str, list[Any]]:
    """The word for a kind of value, and all its annotations, the outermost first."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        word, said = _kind(parts[0])
        own = [part.word for part in parts[1:] if isinstance(part, ValueKind)]
        return (own[-1] if own else word), [*parts[1:], *said]
    if origin in {Union, UnionType}:
        return _kind(next(part for part in parts if part is not type(None)))
    if origin is list:
        word, said = _kind(parts[0])
        return f"{word}s", said
    if origin is dict:
        return "counts", [*_kind(parts[0])[1], *_kind(parts[1])[1]]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "mapping", [kind]
    return {bool: "flag", int: "number"}.get(kind, "word"), []
