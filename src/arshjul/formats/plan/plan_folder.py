"""A plan folder (docs/formats.md#plan-folder): written whole or not at all, and read with every doubt told.

scenario.json is the one file with sites in it. plan.json names it by its SHA-256, so that a plan is
never read beside a scenario that was edited since.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.json_guard import MOST_BYTES, MOST_PIECES, json_bytes, json_data, refuse_too_large
from arshjul.formats.plan.plan_json import plan_mapping, plan_of, refuse_format, written_plan
from arshjul.formats.regular_file import read_regular
from arshjul.formats.scenario import scenario_json
from arshjul.formats.scenario.folder import shown
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.tree import Document, nodes
from arshjul.formats.whole_folder import whole, write_whole
from arshjul.texts import Words
from arshjul.texts.system import why

SCENARIO, PLAN, CHANGES, FEEDS = "scenario.json", "plan.json", "changes.json", "feeds.json"
STRESS = "stress.json"
FEEDS_BYTES, FEEDS_PIECES = 5 * MOST_BYTES, 8 * MOST_PIECES  # an operation stands in the feeds of all its parties
OWN_NAMES = frozenset(
    {SCENARIO, PLAN, CHANGES, FEEDS, STRESS, "wheel.svg", "wheel-public.svg", "plan.html", "plan.xlsx", "feeds"}
)
"""What arshjul writes into a plan folder; anything else that lies in it is its user's, and stays."""
MOST_KEPT = 6
"""So many scenarios and plans that were read from bytes are remembered: a draft's, what is served, and options."""


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """A plan folder as read. `status` is what plan.json claims.

    `files`: its files, where it lies on no disk; None: they are read from `path` when they are asked for.
    """

    path: Path
    scenario: Scenario
    plan: Plan
    status: str
    scenario_hash: str
    files: "Mapping[str, bytes] | None" = None

    def data(self, name: str) -> object:
        """What a JSON file of the folder holds; None where there is no such file."""
        data = self.bytes(name)
        return None if data is None else json_data(data, name)

    def bytes(self, name: str) -> bytes | None:
        """A file of the folder; None where there is no such file."""
        return _bytes(self.path, name) if self.files is None else self.files.get(name)


def read_plan_folder(folder: Path, *, edited: bool = False) -> PlanFolder:
    """The folder's scenario and plan.

    InputError where it is no plan folder or something in it cannot be used; Refused where its
    scenario was edited since the plan was made, unless `edited` ones are asked for too.
    """
    path = whole(folder)
    if not os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir, it never raises
        raise InputError(Message("{folder} is no folder: make a plan with `arshjul plan`.", {"folder": shown(folder)}))
    scenario_bytes = _needed(path, folder, SCENARIO)
    plan_bytes = _needed(path, folder, PLAN)
    scenario = scenario_of_json(scenario_bytes)
    written, plan = written_plan(json_data(plan_bytes, PLAN), scenario, PLAN)
    scenario_hash = digest(scenario_bytes)
    if not edited and written.scenario is not None and written.scenario != scenario_hash:
        text = Message(
            "scenario.json in {folder} was edited since the plan was made: plan anew, or put the old one back.",
            {"folder": shown(folder)},
        )
        raise Refused(text)
    return PlanFolder(path, scenario, plan, written.status, scenario_hash)


def write_plan_folder(folder: Path, files: Mapping[str, bytes], keep: Iterable[str] = ()) -> None:
    """Writes a plan folder, or replaces the one that is there, all at once.

    Of the old one stay the entries named in `keep`, and what its user has put into it. InputError
    where something else is there. StorageError where the disk would not; the old folder is then intact.
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
    """True if a plan, or its scenario, lies there; whatever its version."""
    for name in (PLAN, SCENARIO):
        try:
            if b'"arshjul-' in read_regular(path / name, 1000):
                return True
        except OSError:
            continue
    return False


def scenario_bytes(scenario: Scenario) -> bytes:
    """scenario.json."""
    return json_bytes(scenario_json.scenario_mapping(scenario))


def plan_bytes(plan: Plan, scenario: Scenario, written: bytes, words: Words) -> bytes:
    """plan.json, its reasons and prices in those words; it names the scenario.json, as `written`, that it is of."""
    return json_bytes(plan_mapping(plan, scenario, digest(written), words))


def digest(data: bytes) -> str:
    """SHA-256, by which plan.json names its scenario.json, and stress.json its plan.json."""
    return hashlib.sha256(data).hexdigest()


def scenario_of_json(data: bytes) -> Scenario:
    """The scenario that scenario.json says. InputError where it is none."""
    value = json_data(data, SCENARIO)
    refuse_format(value, scenario_json.FORMAT, SCENARIO)
    return scenario_of(Document(nodes(value), SCENARIO), is_json=True)


@lru_cache(MOST_KEPT)
def bare_scenario(data: bytes) -> Scenario:
    """As `scenario_of_json`, for bytes without sites: the same bytes are read once, and say the very same object."""
    return scenario_of_json(data)


@lru_cache(MOST_KEPT)
def year_of_json(scenario: bytes, plan: bytes) -> tuple[Scenario, Plan]:
    """The scenario, without sites, and the plan that such bytes say, wherever they were kept; read as `bare_scenario`.

    InputError where they are none.
    """
    read = bare_scenario(scenario)
    return read, plan_of(json_data(plan, PLAN), read)


def _needed(path: Path, folder: Path, name: str) -> bytes:
    data = _bytes(path, name)
    if data is None:
        values = {"folder": shown(folder), "name": name}
        text = Message("{folder} is no plan folder, {name} is missing: make one with `arshjul plan`.", values)
        raise InputError(text)
    return data


def _bytes(path: Path, name: str) -> bytes | None:
    most, pieces = (FEEDS_BYTES, FEEDS_PIECES) if name == FEEDS else (MOST_BYTES, MOST_PIECES)
    try:
        data = read_regular(path / name, most)
    except FileNotFoundError:
        return None
    except OSError as error:
        values = {"name": name, "reason": why(error)}
        text = Message("{name} cannot be read: {reason}.", values)
        raise InputError(text) from None
    refuse_too_large(data, name, most, pieces)
    return data


def _names(path: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in path.iterdir())
    except OSError as error:
        values = {"folder": shown(path), "reason": why(error)}
        raise InputError(Message("{folder} cannot be read: {reason}.", values)) from None
