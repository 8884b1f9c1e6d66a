"""An edit of one scenario applied to another, item by item and key by key; other changes of either stay."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from arshjul.domain.scenario import Scenario

_ABSENT = object()


def rebased(before: Scenario, edited: Scenario, onto: Scenario) -> Scenario:
    """A scenario with all that the edit changed; if both changed the same thing, the edit wins.

    Withdrawals are not part of the edit. The result may name things that are gone from it: the caller has to check.
    """
    merged: Scenario = _merged(before, edited, onto)
    return replace(merged, taken=onto.taken)


def _merged(before: Any, edited: Any, onto: Any) -> Any:
    if edited == before:
        return onto
    if onto in (before, edited):
        return edited
    if isinstance(edited, Mapping) and isinstance(before, Mapping) and isinstance(onto, Mapping):
        ids = dict.fromkeys((*onto, *edited))
        merged = {id: _merged(*(one.get(id, _ABSENT) for one in (before, edited, onto))) for id in ids}
        return {id: one for id, one in merged.items() if one is not _ABSENT}
    is_same = type(before) is type(edited) is type(onto)
    if is_same and is_dataclass(onto) and not isinstance(onto, type):
        keys = [one.name for one in fields(onto) if one.init]
        return replace(onto, **{key: _merged(*(getattr(one, key) for one in (before, edited, onto))) for key in keys})
    return edited
