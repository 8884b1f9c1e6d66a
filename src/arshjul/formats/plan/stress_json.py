"""stress.json: the effect of simulated years on a plan (docs/formats.md#stress), and back.

It names its plan.json by SHA-256, since its figures mean nothing for another plan.
"""

from collections.abc import Mapping

from arshjul.domain.history.stressed import StressFigures
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.formats.json_guard import json_bytes
from arshjul.formats.plan.plan_folder import PLAN, STRESS, PlanFolder, digest
from arshjul.formats.plan.plan_json import refuse_format
from arshjul.formats.schema.declared import mapping, shape
from arshjul.formats.shape import Mapped
from arshjul.formats.tree import Document, nodes
from arshjul.formats.validation import validated

FORMAT = "arshjul-stress/1"


def stress_bytes(figures: StressFigures, plan: bytes) -> bytes:
    """The bytes of stress.json; `plan` is its plan.json."""
    return json_bytes({"format": FORMAT, "plan": digest(plan), **stress_mapping(figures)})


def stress_mapping(figures: StressFigures) -> Mapped:
    """The figures as JSON data."""
    return mapping(figures)


def read_stress(read: PlanFolder) -> StressFigures | None:
    """The figures for the folder's plan in its stress.json; None if there are none, or they are of another plan.

    InputError if they cannot be used.
    """
    given, plan = read.data(STRESS), read.bytes(PLAN)
    if given is None or plan is None:
        return None
    refuse_format(given, FORMAT, STRESS)
    if not isinstance(given, Mapping) or given.get("plan") != digest(plan):
        return None
    return stress_of(given, read.scenario)


def stress_of(given: object, scenario: Scenario) -> StressFigures:
    """The figures in a mapping. InputError if it cannot be used."""
    document = Document(nodes(given), STRESS)
    written = validated(shape(StressFigures), document, (), is_json=True, zone=scenario.zone, more=True)
    document.refuse(Message("{file} cannot be used: run `arshjul stress` again.", {"file": STRESS}))
    if written is None:
        raise TypeError("what cannot be read was not refused")
    return written.domain()
