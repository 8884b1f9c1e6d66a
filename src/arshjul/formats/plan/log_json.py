"""The entries of a year in plan.json: the same models as in files, each change with its `kind`."""

from collections.abc import Mapping
from typing import Annotated, Any

from arshjul.domain.entries.amendment import Amendment
from arshjul.domain.entries.entries import Choice, Entries
from arshjul.domain.entries.learnt import LEARNT
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import Filling
from arshjul.formats.scenario.sections import Sections
from arshjul.formats.schema.declared import mapping, shape
from arshjul.formats.schema.entry import EVENTS, KINDS, LOGGED
from arshjul.formats.shape import Mapped, Shape
from arshjul.formats.tree import Document
from arshjul.formats.words import Written, choice

KEPT: Mapping[str, type[Shape[Any]]] = {**EVENTS, "choices": shape(Choice), "fillings": shape(Filling)}
"""The lists of events in plan.json: those of files, choices, and fillings."""


class _Kind(Written):
    """The kind of a change, which says how the rest is read."""

    kind: Annotated[str, choice(*LOGGED)]


def log_mapping(entries: Entries) -> dict[str, list[Mapped]]:
    """All entries, each list in its order; of what is learnt, lists that are not empty."""
    events = {name: [model.of(entry).mapping() for entry in getattr(entries, name)] for name, model in KEPT.items()}
    in_force = {(one.id, one.revision): one.until for one in entries.in_force()}
    for report, written in zip(entries.withdrawals, events["withdrawals"], strict=True):
        end = in_force.get((report.id, report.revision), report.until)
        if end != report.until:
            written |= {"until": str(end), "assumed": written["until"]}
    events = {name: written for name, written in events.items() if written or name not in LEARNT}
    return {**events, "changes": [change_mapping(change) for change in entries.changes]}


def withdrawal_mapping(withdrawal: object) -> Mapped:
    """A withdrawal as written."""
    return mapping(withdrawal)


def change_mapping(change: Amendment) -> Mapped:
    """A change with its kind."""
    kind = KINDS[type(change)]
    return {"kind": kind, **LOGGED[kind].of(change).mapping()}


def read_log(document: Document, scenario: Scenario) -> Entries:
    """The entries in a plan.json; problems are noted in the document."""
    sections = Sections(document, is_json=True, zone=scenario.zone, more=True)
    events = {name: tuple(entry.domain() for entry in sections.many(name, model)) for name, model in KEPT.items()}
    kinds = sections.items("changes", _Kind)
    changes = (sections.at(loc, LOGGED[one.kind]) for loc, one in kinds)
    return Entries.of(**events, changes=tuple(change.domain() for change in changes if change is not None))
