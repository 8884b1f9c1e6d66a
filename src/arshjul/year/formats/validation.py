"""pydantic's errors in arshjul's words: kind, place, the given value, and what would be right.

Only this module repeats given values, so it must not repeat secret ones.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, tzinfo
from functools import partial
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from arshjul.errors import Message
from arshjul.year.formats.tree import Document, Key, Loc, Node, is_secret, shown_key
from arshjul.year.formats.words import nearest, quoted, unknown

Model = TypeVar("Model", bound=BaseModel)
Keys = Callable[[Loc], tuple[str, ...]]

_MOST_TOLD = 10_000  # each takes a kilobyte while it is put into words

_WANTED = {
    "int_type": Message("a whole number"),
    "bool_type": Message("true or false"),
    "string_type": Message("a text"),
    "list_type": Message("a list, like [a, b]"),
    "dict_type": Message("a mapping, like {{key: value}}"),
    "model_type": Message("a mapping, like {{key: value}}"),
}
_OUT_OF_RANGE = {
    "greater_than_equal": Message("{given} is too small: at least {ge}."),
    "less_than_equal": Message("{given} is too large: at most {le}."),
}


def validated(
    model: type[Model],
    document: Document,
    loc: Loc,
    *,
    is_json: bool = False,
    zone: tzinfo | None = None,
    more: bool = False,
) -> Model | None:
    """None if something is wrong, which is then noted. `more`: unknown keys, as of a later version, are ignored."""
    node = document.tree.at(loc)
    if node is None:
        return None
    try:
        extra: Literal["ignore"] | None = "ignore" if more else None
        return model.model_validate(node.value, context={"json": is_json, "zone": zone}, extra=extra)
    except ValidationError as error:
        if error.error_count() > _MOST_TOLD:
            n = error.error_count()
            document.add("too-large", loc, Message("{n} values cannot be used: is it the right file?", {"n": n}))
            return None
        # Nothing is chained to it: pydantic's error may contain a site's name.
        details = error.errors(include_url=False, include_input=False)
    for detail in details:
        context = detail.get("ctx", {})
        below = _in_tree((*detail["loc"], *context.get("below", ())), node)
        given = _key_node(below[-1]) if "[key]" in detail["loc"] else node.at(below)
        kind, text = _told(detail["type"], context, below, given, partial(_keys, model))
        if is_secret(loc + below):
            text = _without_secret(kind)
        document.add(kind, loc + below, text)
    return None


def _in_tree(loc: Loc, node: Node) -> Loc:
    """pydantic's place as one in the tree: with numeric keys, and without the mark for a key itself."""
    found: list[Key] = []
    at: Node | None = node
    for key in loc:
        if key == "[key]":
            continue
        in_tree = key
        if at is not None and key not in at.parts and isinstance(key, str) and key.isdecimal() and int(key) in at.parts:
            in_tree = int(key)
        found.append(in_tree)
        at = None if at is None else at.parts.get(in_tree)
    return tuple(found)


def _key_node(key: Key) -> Node:
    return Node(key, 0, None if isinstance(key, str) else str(key))


def _told(type_: str, context: Mapping[str, Any], loc: Loc, given: Node | None, keys: Keys) -> tuple[str, Message]:
    """The kind of error and the sentence. `context` is pydantic's further information."""
    if type_ == "wrong":
        text = context.get("text") or _wrong_type(given, context["wanted"], text_like=context["text_like"])
        return context["kind"], text
    if type_ in _WANTED:
        return "wrong-type", _wrong_type(given, _WANTED[type_], text_like=type_ == "string_type")
    if type_ == "missing":
        return "missing-key", Message("The key {key} is missing.", {"key": str(loc[-1])})
    if type_ == "extra_forbidden":
        return "unknown-key", unknown_key(str(loc[-1]), keys(loc[:-1]))
    text = _OUT_OF_RANGE.get(type_, Message("The value cannot be used here."))
    return "bad-value", Message(text.template, {"given": _as_given(given), **context})


_UNSHOWN = {
    "missing-key": Message("A key is missing: write ref, perhaps name and address."),
    "unknown-key": Message("The key is unknown: write ref, name or address."),
    "wrong-type": Message("Write sites as a list with the texts ref, name and address. The value is not shown."),
}


def _without_secret(kind: str) -> Message:
    return _UNSHOWN.get(kind, Message("The value cannot be used, and is not shown."))


def _wrong_type(given: Node | None, wanted: Message, *, text_like: bool) -> Message:
    what = Message("{given} is not {wanted}", {"given": _as_given(given), "wanted": wanted})
    remedy = None if given is None else _remedy(given, wanted, text_like=text_like)
    if remedy is None:
        return Message("{what}.", {"what": what})
    return Message("{what}: {remedy}.", {"what": what, "remedy": remedy})


def _remedy(given: Node, wanted: Message, *, text_like: bool) -> Message | None:
    value = given.value
    if isinstance(value, (dict, list)):
        return None
    if text_like and given.plain is not None and not isinstance(value, str):
        return Message('write "{plain}"', {"plain": given.plain})
    if wanted is _WANTED["int_type"] and _is_in_sixties(given):
        return Message("write {meaning} if you mean that", {"meaning": _meaning(given)})
    if _is_needlessly_quoted(given, wanted):
        return Message("leave out the quotes")
    if wanted is _WANTED["list_type"] and isinstance(value, str) and len(value) <= 40:
        return Message("write [{value}]", {"value": value})
    return None


def _is_needlessly_quoted(given: Node, wanted: Message) -> bool:
    if not isinstance(given.value, str) or given.plain is not None or given.line is None:
        return False
    if wanted is _WANTED["int_type"]:
        return given.value.isdecimal()
    return "date" in wanted.template and re.fullmatch(r"\d{4}-\d{2}-\d{2}", given.value) is not None


def _as_given(given: Node | None) -> object:
    value = None if given is None else given.value
    if given is None or value is None:
        return Message("an empty value")
    if isinstance(value, (dict, list)):
        return Message("a mapping") if isinstance(value, dict) else Message("a list")
    if isinstance(value, str):
        return quoted(value)
    plain, meaning = given.plain, _meaning(given)
    if plain is None or isinstance(value, date) or plain.casefold() == meaning:
        return meaning
    values = {"plain": plain, "meaning": meaning}
    return Message("{plain}, to YAML the value {meaning},", values)


def _meaning(given: Node) -> str:
    """The meaning of an unquoted scalar to YAML, as YAML would write it."""
    if isinstance(given.value, date):
        return str(given.value)
    return f"{given.value:.0f}" if _is_in_sixties(given) else json.dumps(given.value)


def _is_in_sixties(given: Node) -> bool:
    """True if it is a number like 1:30, which YAML reads as 90."""
    return (
        isinstance(given.value, float)
        and given.plain is not None
        and re.fullmatch(r"[-+]?[0-9_:]+", given.plain) is not None
    )


def unknown_key(key: str, known: tuple[str, ...]) -> Message:
    what = Message("The key {key} is unknown", {"key": quoted(shown_key(key))})
    if known and nearest(key, known) is None:
        return Message("{what}: choose among {known}.", {"what": what, "known": ", ".join(known)})
    return unknown(key, known, what)


def _keys(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    at: type[BaseModel] | None = model
    for key in loc:
        if isinstance(key, str) and at is not None:
            fields = {field.alias or name: field.annotation for name, field in at.model_fields.items()}
            at = _model_within(fields.get(key))
    return () if at is None else tuple(field.alias or name for name, field in at.model_fields.items())


def _model_within(annotation: object) -> type[BaseModel] | None:
    """The model in `list[Model]`, `Model | None` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_within(part)) is not None), None)
