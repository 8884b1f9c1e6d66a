"""Worlds: folders of databases that many tests begin from, each built once a run and copied for every test.

What builds a world gets an empty folder, and the worlds that it may begin from; it returns what tests need to know
of it besides: addresses, cookies. A copy takes milliseconds, and no test sees what another one did.
"""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.databases import whole

Known = Mapping[str, Any]
"""What is known of a world besides its files, as JSON has it."""

KNOWN = "known.json"


@dataclass(frozen=True, slots=True)
class Worlds:
    """Those of a run, in a folder that all of its workers share."""

    kept: Path

    def of(self, build: "Build") -> Path:
        """The folder of a world as it was built, in which nobody writes."""
        named = getattr(build, "__self__", build)  # a class that builds its own world has its name
        there = self.kept / f"{named.__module__}.{named.__qualname__}"
        with self._locked(there.name):
            if not there.exists():
                begun = self.kept / f"{there.name}.begun"
                shutil.rmtree(begun, ignore_errors=True)  # of a worker that was broken off
                begun.mkdir(mode=0o700)
                known = build(begun, self)
                (begun / KNOWN).write_text(json.dumps(known or {}))
                for file in begun.glob("*.db"):
                    whole(file)  # nothing of it lies beside it any more
                begun.rename(there)
        return there

    def copied(self, build: "Build", folder: Path) -> Known:
        """What is known of a world, whose files are copied into that folder."""
        shutil.copytree(self.of(build), folder, ignore=shutil.ignore_patterns("*.db-*"), dirs_exist_ok=True)
        known: Known = json.loads((folder / KNOWN).read_text())
        return known

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with (self.kept / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


Build = Callable[[Path, Worlds], Known | None]


@pytest.fixture(scope="session")
def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """The worlds of this run, whose workers' folders lie beside each other."""
    own, is_worker = tmp_path_factory.getbasetemp(), hasattr(request.config, "workerinput")
    kept = (own.parent if is_worker else own) / "worlds"
    kept.mkdir(mode=0o700, exist_ok=True)
    return Worlds(kept)
