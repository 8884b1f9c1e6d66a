"""A plan folder (docs/formats.md#plan-folder): written entirely or not at all, and read with every problem reported.

scenario.json is the only file with sites in it. plan.json names it by its SHA-256, so that a plan is never read with a
scenario that was edited since; stress.json names its plan.json likewise: its figures mean nothing for another.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from arshjul.errors import InputError, Message, Refused
from arshjul.year.domain.history.stress_figures import StressFigures
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.atomic import read_regular, whole, write_whole
from arshjul.year.formats.json_guard import MOST_BYTES, MOST_PIECES, json_bytes, json_data, refuse_too_large
from arshjul.year.formats.plan.plan_json import plan_mapping, plan_of, refuse_format, written_plan
from arshjul.year.formats.scenario import scenario_json
from arshjul.year.formats.scenario.folder import shown
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.formats.tree import Document, nodes
from arshjul.year.formats.validation import validated
from arshjul.year.texts import Words
from arshjul.year.texts.system import why

SCENARIO, PLAN, CHANGES, FEEDS = "scenario.json", "plan.json", "changes.json", "feeds.json"
STRESS = "stress.json"
FEEDS_BYTES, FEEDS_PIECES = 5 * MOST_BYTES, 8 * MOST_PIECES  # an operation is in the feeds of all its parties
OWN_NAMES = frozenset(
    {SCENARIO, PLAN, CHANGES, FEEDS, STRESS, "wheel.svg", "wheel-public.svg", "plan.html", "plan.xlsx", "feeds"}
)
"""The names that arshjul writes in a plan folder; anything else in it is its user's, and stays."""
MOST_KEPT = 6
"""The number of scenarios and plans cached by their bytes: a draft's, the served ones, and options."""


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """`status` is what plan.json claims; `files` are its files if it is not on disk."""

    path: Path
    scenario: Scenario
    plan: Plan
    status: str
    files: "Mapping[str, bytes] | None" = None

    def data(self, name: str) -> object:
        """None if there is no such file."""
        data = self.bytes(name)
        return None if data is None else json_data(data, name)

    def bytes(self, name: str) -> bytes | None:
        """None if there is no such file."""
        return _bytes(self.path, name) if self.files is None else self.files.get(name)


def read_plan_folder(folder: Path, speak: Callable[[str], None] | None = None, *, edited: bool = False) -> PlanFolder:
    """The folder's scenario and plan. `speak` is told the language once it is known.

    InputError if it is no plan folder or something in it cannot be used; Refused if its scenario was edited since the
    plan was made, unless `edited` ones are accepted.
    """
    path = whole(folder)
    if not os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir, it never raises
        raise InputError(
            Message("{folder} is not a folder: make a plan with `arshjul plan`.", {"folder": shown(folder)})
        )
    scenario_bytes = _needed(path, folder, SCENARIO)
    plan_bytes = _needed(path, folder, PLAN)
    scenario = scenario_of_json(scenario_bytes)
    if speak is not None:
        speak(scenario.language)
    written, plan = written_plan(json_data(plan_bytes, PLAN), scenario, PLAN)
    if not edited and written.scenario is not None and written.scenario != digest(scenario_bytes):
        text = Message(
            "scenario.json in {folder} was edited after planning: plan again, or restore the file.",
            {"folder": shown(folder)},
        )
        raise Refused(text)
    return PlanFolder(path, scenario, plan, written.status)


def write_plan_folder(folder: Path, files: Mapping[str, bytes], keep: Iterable[str] = ()) -> None:
    """Writes a plan folder, or replaces an existing one, all at once.

    The entries named in `keep` and the user's own files stay. InputError if something else is there. StorageError if
    the disk fails; the old folder is then intact.
    """
    path = whole(folder)
    stays: list[str] = []
    if os.path.lexists(path):
        if not os.path.isdir(path):  # noqa: PTH112
            raise InputError(Message("{folder} is a file: name a folder.", {"folder": shown(folder)}))
        names = _names(path)
        if names and not is_plan_folder(path):
            text = Message("{folder} holds other things than a plan: name a new folder.", {"folder": shown(folder)})
            raise InputError(text)
        stays = [name for name in names if name in keep or name not in OWN_NAMES]
    write_whole(folder, files, stays)


def is_plan_folder(path: Path) -> bool:
    """True if a plan, or its scenario, of any version is there."""
    for name in (PLAN, SCENARIO):
        try:
            if b'"arshjul-' in read_regular(path / name, 1000):
                return True
        except OSError:
            continue
    return False


def scenario_bytes(scenario: Scenario) -> bytes:
    return json_bytes(scenario_json.scenario_mapping(scenario))


def scenario_digest(scenario: Scenario) -> str:
    """By which changes.json names the former plan's scenario."""
    return digest(scenario_bytes(scenario))


def plan_bytes(plan: Plan, scenario: Scenario, written: bytes, words: Words) -> bytes:
    """With its reasons and prices in those words; it names the scenario.json, given as `written`."""
    return json_bytes(plan_mapping(plan, scenario, digest(written), words))


def kept_plan_bytes(plan: Plan, scenario: Scenario, words: Words) -> bytes:
    return _kept(plan_mapping(plan, scenario, "", words))


def kept_plan_of(folder: PlanFolder) -> bytes:
    data = folder.data(PLAN)
    if not isinstance(data, dict):
        raise TypeError("a plan that was read is no mapping")
    return _kept(data)


def _kept(data: Mapping[str, object]) -> bytes:
    """plan.json without the hash of scenario.json, from which sites could be guessed.

    A draft then has the plan that is served in the same bytes, and so the same object.
    """
    return json_bytes({key: value for key, value in data.items() if key != "scenario"})


def digest(data: bytes) -> str:
    """By which plan.json names its scenario.json, and stress.json its plan.json."""
    return hashlib.sha256(data).hexdigest()


def scenario_of_json(data: bytes) -> Scenario:
    value = json_data(data, SCENARIO)
    refuse_format(value, scenario_json.FORMAT, SCENARIO)
    return scenario_of(Document(nodes(value), SCENARIO), is_json=True)


@lru_cache(MOST_KEPT)
def bare_scenario(data: bytes) -> Scenario:
    """The scenario in bytes without sites; cached, so that the same bytes give the same object."""
    return scenario_of_json(data)


@lru_cache(MOST_KEPT)
def year_of_json(scenario: bytes, plan: bytes) -> tuple[Scenario, Plan]:
    """Without sites; cached like `bare_scenario`. InputError if they are none."""
    read = bare_scenario(scenario)
    return read, plan_of(json_data(plan, PLAN), read)


def _needed(path: Path, folder: Path, name: str) -> bytes:
    data = _bytes(path, name)
    if data is None:
        values = {"folder": shown(folder), "name": name}
        text = Message("{folder} is not a plan folder, {name} is missing: make one with `arshjul plan`.", values)
        raise InputError(text)
    return data


def _bytes(path: Path, name: str) -> bytes | None:
    most, pieces = (FEEDS_BYTES, FEEDS_PIECES) if name == FEEDS else (MOST_BYTES, MOST_PIECES)
    try:
        data = read_regular(path / name, most)
    except FileNotFoundError:
        return None
    except OSError as error:
        values = {"file": name, "reason": why(error)}
        text = Message("{file} cannot be read: {reason}.", values)
        raise InputError(text) from None
    refuse_too_large(data, name, most, pieces)
    return data


def _names(path: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in path.iterdir())
    except OSError as error:
        values = {"file": shown(path), "reason": why(error)}
        raise InputError(Message("{file} cannot be read: {reason}.", values)) from None


STRESS_FORMAT = "arshjul-stress/1"


def stress_bytes(figures: StressFigures, plan: bytes) -> bytes:
    return json_bytes({"format": STRESS_FORMAT, "plan": digest(plan), **mapping(figures)})


def read_stress(read: PlanFolder) -> StressFigures | None:
    """None if there are none, or they are of another plan. InputError if they cannot be used."""
    given, plan = read.data(STRESS), read.bytes(PLAN)
    if given is None or plan is None:
        return None
    refuse_format(given, STRESS_FORMAT, STRESS)
    if not isinstance(given, Mapping) or given.get("plan") != digest(plan):
        return None
    return stress_of(given, read.scenario)


def stress_of(given: object, scenario: Scenario) -> StressFigures:
    document = Document(nodes(given), STRESS)
    written = validated(shape(StressFigures), document, (), is_json=True, zone=scenario.zone, more=True)
    document.refuse(Message("{file} cannot be used: run `arshjul stress` again.", {"file": STRESS}))
    if written is None:
        raise TypeError("what cannot be read was not refused")
    return written.domain()
