"""The kinds of field that forms have: from posted fields to the value of a key, back, and what was sent in words."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Protocol

from arshjul.errors import Message
from arshjul.serving.forms import Form, whole_number
from arshjul.year.domain.contact import OfferCall
from arshjul.year.domain.entries.picture import TREND_WORDS, SituationPicture, Theme
from arshjul.year.domain.information_sheet.declared import SECTIONS
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.sent_offer import OfficersOffer, TeamsOffer
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import DeclaredKey, keys
from arshjul.year.formats.schema.party_entry import (
    WrittenInvitation,
    WrittenNominatedObject,
    WrittenNominatedOperation,
)
from arshjul.year.formats.schema.plan import EVENTS, MODELS
from arshjul.year.formats.words import Written
from arshjul.year.texts import Words

Sent = tuple[str, str]  # a field's name and one value of it
_BETWEEN = re.compile(r"[\s,;]+")


class FieldKind(Protocol):
    """A way to read a key's value: from the field of the key's name, or from several whose names begin with it."""

    def read(self, form: Form, name: str) -> object:
        """The value; something empty if nothing was given. Problems are left for the schema to report."""

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        """The fields that would give this value."""


Kinds = Mapping[str, FieldKind]


class _Text:
    def read(self, form: Form, name: str) -> object:
        return form.text(name)

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        yield name, str(value)


class _Number(_Text):
    def read(self, form: Form, name: str) -> object:
        return form.number(name)


class _Tick(_Text):
    def read(self, form: Form, name: str) -> object:
        return form.is_checked(name) or None

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        if value:
            yield name, "on"


class _Decision(_Text):
    def read(self, form: Form, name: str) -> object:
        return {"yes": True, "no": False}.get(form.text(name), form.text(name))

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        yield name, "yes" if value else "no"


class _Several:
    """Boxes, or selects, of one name."""

    def read(self, form: Form, name: str) -> object:
        return list(dict.fromkeys(form.several(name)))

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        yield from ((name, str(item)) for item in _list(value))


class _Chosen(_Several):
    """One choice from each of several selects, in their order; the same choice may occur twice."""

    def read(self, form: Form, name: str) -> object:
        return list(form.several(name))


class _Ids(_Text):
    """Ids in one field, with commas or spaces between them."""

    def read(self, form: Form, name: str) -> object:
        return [id for id in _BETWEEN.split(form.text(name)) if id]

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        yield name, ", ".join(str(item) for item in _list(value))


class _WholeNumbers(_Ids):
    """Whole numbers in one field, with commas or spaces between them."""

    def read(self, form: Form, name: str) -> object:
        return [whole_number(text) for text in _BETWEEN.split(form.text(name)) if text]


class _Numbers:
    """A whole number for each id: fields `NAME.ID`."""

    def read(self, form: Form, name: str) -> object:
        prefix = f"{name}."
        found = {key.removeprefix(prefix): form.number(key) for key in form.fields if key.startswith(prefix)}
        return {id: number for id, number in found.items() if number is not None}

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        yield from ((f"{name}.{id}", str(number)) for id, number in _mapping(value).items())


@dataclass(frozen=True, slots=True)
class Part:
    """A nested mapping: fields `NAME.KEY`."""

    kinds: Kinds

    def read(self, form: Form, name: str) -> dict[str, object]:
        return given(self.kinds, form, f"{name}.")

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        return fields_of(self.kinds, _mapping(value), f"{name}.")


@dataclass(frozen=True, slots=True)
class Rows:
    """Several nested mappings, one per row: the fields of a row are those at the same position."""

    part: Part

    def read(self, form: Form, name: str) -> list[dict[str, object]]:
        names = [f"{name}.{key}" for key in self.part.kinds]
        rows = zip_longest(*(form.fields.get(field, ()) for field in names), fillvalue="")
        forms = (Form({one: (text,) for one, text in zip(names, row, strict=True)}) for row in rows)
        return [row for row in (self.part.read(form, name) for form in forms) if row]

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        for row in _list(value):
            there = dict(self.part.fields(name, row))
            yield from ((f"{name}.{key}", there.get(f"{name}.{key}", "")) for key in self.part.kinds)


class _Dates(Rows):
    """Dates and periods, one per row; a row without an end is a single date."""

    def read(self, form: Form, name: str) -> list[dict[str, object]]:
        rows = super().read(form, name)
        return [{"to": row["from"], **row} if "from" in row else row for row in rows]

    def fields(self, name: str, value: object) -> Iterator[Sent]:
        spans = [span if isinstance(span, dict) else {"from": span, "to": span} for span in _list(value)]
        return super().fields(name, spans)


TEXT, NUMBER, TICK, SEVERAL, CHOSEN, IDS, WHOLE_NUMBERS, NUMBERS = (
    _Text(), _Number(), _Tick(), _Several(), _Chosen(), _Ids(), _WholeNumbers(), _Numbers(),
)  # fmt: skip
DATES = _Dates(Part({"from": TEXT, "to": TEXT}))


_KINDS: Kinds = {
    "flag": TICK, "decision": _Decision(), "number": NUMBER, "priority": NUMBER, "counts": NUMBERS,
    "between": WHOLE_NUMBERS, "numbers": WHOLE_NUMBERS,
    "periods": DATES, "weekdays": SEVERAL, "ids": SEVERAL, "words": SEVERAL,
}  # fmt: skip
_TYPED = frozenset({"agencies", "operations"})
"""The sections whose ids are typed when a key takes several of them; the others have boxes."""


_SHAPES: Mapping[str, type[Written]] = {
    **EVENTS, **MODELS, "operations": shape(Operation), "objects": shape(VisitObject), "contacts": WrittenInvitation,
    "nominated_operation": WrittenNominatedOperation, "nominated_object": WrittenNominatedObject,
    "calls": shape(OfferCall), "officers-offer": shape(OfficersOffer), "teams-offer": shape(TeamsOffer),
}  # fmt: skip


@cache
def declared(name: str) -> Mapping[str, DeclaredKey]:
    """The keys of a list's items, by their fields: `window.from`, and `any_of.teams` of a list of mappings."""
    return {".".join(key.path): key for key in _with_parts(keys(_SHAPES[name]))}


def _with_parts(found: Iterable[DeclaredKey]) -> Iterator[DeclaredKey]:
    for key in found:
        yield key
        yield from _with_parts(key.parts)


def prompt(path: str) -> Message:
    """The label of a field in forms, by its list and its name: `operations.window.from`."""
    name, _, field = path.partition(".")
    told = declared(name)[field].told
    message = told.prompt or told.heading
    if message is None:
        raise KeyError(path)
    return message


def offered(key: DeclaredKey, words: Words) -> list[tuple[str, str]]:
    """The choices of a key by its declaration, each with its words; empty if any value will do."""
    if key.worded is not None:
        return [(id, both[words.language == "en"]) for id, both in key.worded.words.items()]
    return [(id, words.say(text)) for id, text in key.spoken.items()]


def kinds_of(model: type[Written], *without: str, **other: FieldKind) -> Kinds:
    """The kinds of field for the keys of a shape; `other` in place of what follows from it."""
    return {key.path[-1]: other.get(key.path[-1]) or _kind(key) for key in keys(model) if key.path[-1] not in without}


def _kind(key: DeclaredKey) -> FieldKind:
    if key.model is not None and key.kind in {"mapping", "mappings"}:
        part = Part({inner.path[-1]: _kind(inner) for inner in keys(key.model)})
        return part if key.kind == "mapping" else Rows(part)
    if key.kind == "ids" and key.refers is not None and key.refers.section in _TYPED:
        return IDS
    return _KINDS.get(key.kind, TEXT)


def given(kinds: Kinds, form: Form, before: str = "") -> dict[str, object]:
    read = {key: kind.read(form, f"{before}{key}") for key, kind in kinds.items()}
    return {key: value for key, value in read.items() if value not in (None, "", [], {})}


def fields_of(kinds: Kinds, values: Mapping[str, object], before: str = "") -> Iterator[Sent]:
    for key, kind in kinds.items():
        if values.get(key) is not None:
            yield from kind.fields(f"{before}{key}", values[key])


def filled(kinds: Kinds, values: Mapping[str, object]) -> Form:
    return Form.of(fields_of(kinds, values))


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


EVALUATIONS, WORST = "evaluations", "worst_section"
NOT_SAID = ("reported", "operation", "party", "revision")  # the keys of an evaluation that say whose it is, and of what


def section_choices(words: Words, letters: Collection[str] | None = None) -> list[tuple[str, str]]:
    """The sections of an information sheet by letter, each with its title; all, or those of these letters."""
    titles = {id: words.say(one.title) for id, one in SECTIONS.items() if len(id) == 1}
    return [(id, f"{id} {title}") for id, title in titles.items() if letters is None or id in letters]


def evaluation_lines(body: Mapping[str, object], asks: Mapping[str, str], words: Words) -> Iterator[tuple[str, str]]:
    """The label and the value of each answer, in the order of the questions. `asks`: the measures, by id."""
    for name, key in declared(EVALUATIONS).items():
        value = body.get(name)
        if name in NOT_SAID or value is None:
            continue
        if isinstance(value, Mapping):
            yield from (
                (asks.get(id, id), words("it helped") if one else words("it did not help")) for id, one in value.items()
            )
        else:
            both = None if key.worded is None else key.worded.words.get(str(value))
            said = str(value) if both is None else both[words.language == "en"]
            said = dict(section_choices(words)).get(said, said) if name == WORST else said
            yield words.say(prompt(f"{EVALUATIONS}.{name}")), words("{n} of 5", n=value) if key.ends else said


Names = Mapping[str, Mapping[str, str]]  # the names of what a key refers to, by the key and the id


def nomination_lines(name: str, body: Mapping[str, object], names: Names, words: Words) -> Iterator[tuple[str, str]]:
    """The label and the value of each field, in the order of its declaration; what is unknown stays as it was sent."""
    order = [path.partition(".")[0] for path in declared(name)]
    for key, value in sorted(body.items(), key=lambda item: order.index(item[0])):
        if isinstance(value, Mapping):
            for part, one in value.items():
                yield words.say(prompt(f"{name}.{key}.{part}")), str(one)
            continue
        known = names.get(key, {})
        ids = value if isinstance(value, list) else [value]
        yield words.say(prompt(f"{name}.{key}")), ", ".join(known.get(str(id), str(id)) for id in ids)


def entry_lines(
    list_: str, body: Mapping[str, object], names: Mapping[str, str], words: Words
) -> Iterator[tuple[str, str]]:
    """The label and the value of each key, in the order of its declaration. `names`: of what ids stand for."""
    keys = declared(list_)
    for name, value in _in_order(body, list(keys)):
        key, parts = keys[name], [str(part) for part in (value if isinstance(value, list) else [value])]
        said = [words.say(key.spoken[part]) if part in key.spoken else names.get(part, part) for part in parts]
        yield (
            words.say(prompt(f"{list_}.{name}")).partition(" (")[0],
            words("yes") if value is True else "; ".join(said),
        )


def _in_order(value: object, keys: Sequence[str], path: str = "") -> Iterator[tuple[str, object]]:
    """The values in an entry with the paths of their keys, in the order of these; mappings in a list one by one."""
    if isinstance(value, Mapping):
        named = [(f"{path}.{key}".removeprefix("."), part) for key, part in value.items()]
        for name, part in sorted((pair for pair in named if pair[0] in keys), key=lambda pair: keys.index(pair[0])):
            yield from _in_order(part, keys, name)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for part in value:
            yield from _in_order(part, keys, path)
    else:
        yield path, value


Choices = Sequence[tuple[str, str]]
PICTURE_FIELDS: Kinds = kinds_of(
    shape(SituationPicture), "id", "reported", themes=Rows(Part(kinds_of(shape(Theme), "decision", "reason")))
)


def picture_choices(areas: Choices, sectors: Choices, words: Words) -> Mapping[str, Choices]:
    return {
        "area": areas,
        "sector": sectors,
        "level": [(str(literal), str(literal)) for literal in (1, 2, 3)],
        "trend": [(id, words.say(text)) for id, text in TREND_WORDS.items()],
    }
