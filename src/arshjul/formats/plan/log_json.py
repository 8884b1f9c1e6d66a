"""The entries of a year in plan.json: the same models as in files, each change with its `kind`."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, cast

from pydantic import ConfigDict

from arshjul.domain.entries.amendment import Amendment
from arshjul.domain.entries.entries import Entries
from arshjul.domain.scenario import Scenario
from arshjul.formats.plan.entries import EVENTS, in_zone
from arshjul.formats.scenario.sections import Sections
from arshjul.formats.schema.amendment import KINDS, LOGGED
from arshjul.formats.schema.entry import WrittenChoice, WrittenEntry, WrittenFilling, WrittenWithdrawal
from arshjul.formats.shape import Mapped
from arshjul.formats.tree import Document
from arshjul.formats.validation import validated
from arshjul.formats.words import Written, choice

KEPT: Mapping[str, type[WrittenEntry[Any]]] = {**EVENTS, "choices": WrittenChoice, "fillings": WrittenFilling}
"""The lists of events in plan.json: those of files, what was chosen, and what was bound to frames."""


class _Kind(Written):
    """What kind of change one is; the rest is read as that kind says."""

    model_config = ConfigDict(extra="ignore")

    kind: Annotated[str, choice(*LOGGED)]


def log_mapping(entries: Entries) -> dict[str, list[Mapped]]:
    """All entries, each list in its order."""
    events = {name: [model.of(entry).mapping() for entry in getattr(entries, name)] for name, model in KEPT.items()}
    return {**events, "changes": [change_mapping(change) for change in entries.changes]}


def withdrawal_mapping(withdrawal: object) -> Mapped:
    """A withdrawal as written."""
    return WrittenWithdrawal.of(cast(Any, withdrawal)).mapping()


def change_mapping(change: Amendment) -> Mapped:
    """A change with its kind."""
    kind = KINDS[type(change)]
    return {"kind": kind, **LOGGED[kind].of(change).mapping()}


def read_log(document: Document, scenario: Scenario) -> Entries:
    """The entries that a plan.json holds; what is wrong is noted in the document."""
    sections, zone = Sections(document, is_json=True), scenario.zone
    events = {
        name: tuple(in_zone(entry.domain(), zone) for entry in sections.many(name, lenient(model)))
        for name, model in KEPT.items()
    }
    return Entries(**events, changes=tuple(in_zone(change, zone) for change in _changes(document, sections)))


def _changes(document: Document, sections: Sections) -> Iterator[Amendment]:
    for loc, one in sections.items("changes", _Kind):
        change = validated(lenient(LOGGED[one.kind]), document, loc, is_json=True)
        if change is not None:
            yield change.domain()


@cache
def lenient(model: type[WrittenEntry[Any]]) -> type[WrittenEntry[Any]]:
    """The same model, passing over what it does not know: plan.json may hold more."""
    namespace = {"model_config": ConfigDict(extra="ignore"), "__module__": model.__module__, "__doc__": model.__doc__}
    return cast(type[WrittenEntry[Any]], type(model.__name__, (model,), namespace))
