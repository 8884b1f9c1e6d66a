"""The entries of a year as written in files and plan.json: what happens, and what the coordinator changes."""

from collections.abc import Mapping
from typing import Any

from arshjul.domain.entries import entries
from arshjul.domain.entries.amendment import Amendment, Edited, Undone
from arshjul.formats.schema.declared import shape
from arshjul.formats.shape import Shape

EVENTS: Mapping[str, type[Shape[Any]]] = {name: shape(kind) for name, kind in entries.EVENTS.items()}

MODELS: Mapping[str, type[Shape[Any]]] = {name: shape(kind) for name, kind in entries.CHANGES.items()}
"""The lists of a file of changes. In plan.json each is a `kind` of change."""

LOGGED: Mapping[str, type[Shape[Any]]] = {**MODELS, "scenario": shape(Edited), "undone": shape(Undone)}
"""The changes kept in plan.json, by `kind`."""

KINDS: Mapping[type[Amendment], str] = {model.thing: kind for kind, model in LOGGED.items()}
