"""Runs `arshjul` as people do, in another process, and reads what it wrote.

Nothing here or in the tests beside it imports arshjul: what they know is README, docs/ and what comes out.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
SHARED = ROOT / ".." / "shared"
"""Cases and checkers beside the project; what needs them skips without."""
if not SHARED.is_dir():
    SHARED = ROOT / ".." / ".." / "shared"

MAIN = "from arshjul.cli import main; main()"
TUTORIAL_AS_OF = "2027-01-04T09:00"
MARCH = "2027-03-11T07:00"
"""The morning of the tutorial's shooting."""


def in_swedish(scenario: Path) -> Path:
    """A copy of the scenario whose plan is in Swedish, for as long as this process lives."""
    home = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    folder = shutil.copytree(scenario, home / scenario.name)
    plan = folder / "plan.yaml"
    text = plan.read_text()
    assert "language: en " in text
    plan.write_text(text.replace("language: en ", "language: sv "))
    return folder


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command answered."""

    command: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err

    def json(self) -> Any:
        return json.loads(self.out)

    def __str__(self) -> str:
        return f"arshjul {' '.join(self.command)}\nexit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


def environment(**more: str) -> dict[str, str]:
    """No variable of the one who runs the tests reaches the command."""
    probed = {name: value for name, value in os.environ.items() if name == "ARSHJUL_TEST"}  # of `make mutations`
    path = f"{ROOT / 'src'}:{ROOT}"
    return {"PATH": os.defpath, "PYTHONPATH": path, "LC_ALL": "C.UTF-8", "HOME": "/nonexistent", **probed, **more}


def command_line(*words: str | Path, prelude: str = "") -> list[str]:
    return [sys.executable, "-c", f"{prelude}{MAIN}", *map(str, words)]


class _Runner:
    """A process of runner.py, started when it is first asked, and anew where a command took it along."""

    def __init__(self, how: str) -> None:
        self.how = how
        self.process: subprocess.Popen[bytes] | None = None
        atexit.register(self.end)

    def started(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            file = Path(__file__).with_name("runner.py")
            words = [sys.executable, str(file), self.how, str(ROOT / "scenarios" / "tutorial")]
            self.process = subprocess.Popen(
                words, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        return self.process

    def run(
        self, words: Sequence[str], cwd: Path, env: Mapping[str, str], prelude: str = "", die_at: int = 0
    ) -> tuple[int, bytes, bytes]:
        process = self.started()
        assert process.stdin is not None
        assert process.stdout is not None
        with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
            asked: dict[str, Any] = {
                "words": words,
                "cwd": str(cwd),
                "env": environment(**env),
                "out": out.name,
                "err": err.name,
                "prelude": prelude,
                "die_at": die_at,
            }
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.flush()
            answer = process.stdout.readline()
            return int(answer) if answer else self.end(), out.read(), err.read()

    def end(self) -> int:
        """Lets it end; its exit code."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.communicate()
        return process.returncode


_HERE, _FORKED = _Runner("here"), _Runner("forked")


def arshjul(
    *words: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    prelude: str = "",
    anew: bool = False,
) -> Outcome:
    """Runs one command to its end, in an interpreter that has its imports behind it, or `anew` in a new one.

    `prelude`: Python that runs before the command and ends in `; ` or a line's end; it has a process to itself. What is
    to change how things are imported, or what an interpreter does at its start or its end, needs a new one.
    """
    said = tuple(map(str, words))
    if anew:
        ended = subprocess.run(
            command_line(*said, prelude=prelude),
            cwd=cwd or ROOT,
            env=environment(**(env or {})),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=300,
        )
        code, out, err = ended.returncode, ended.stdout, ended.stderr
    else:
        runner = _FORKED if prelude else _HERE
        code, out, err = runner.run(said, cwd or ROOT, env or {}, prelude)
    outcome = Outcome(said, code, out.decode(), err.decode())
    assert "--debug" in said or "Traceback" not in outcome.said, outcome
    return outcome


def killed(step: int, *words: str | Path) -> bool:
    """Runs a command that is killed right before its `step`-th change of a file; false: it had fewer, and ended."""
    code, _, err = _FORKED.run(tuple(map(str, words)), ROOT, {}, die_at=step)
    assert code in {0, -9}, err.decode()
    return code == -9


def done(*words: str | Path, **more: Any) -> Outcome:
    """The outcome of a command that must succeed."""
    outcome = arshjul(*words, **more)
    assert outcome.code == 0, outcome
    return outcome


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, by its path within it."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def searched(folder: Path) -> dict[str, bytes]:
    """The same, a workbook as the text that is packed in it: what a search for a word has to look through."""
    held = contents(folder)
    return {name: _unpacked(data) if name.endswith(".xlsx") else data for name, data in held.items()}


def _unpacked(data: bytes) -> bytes:
    with ZipFile(BytesIO(data)) as parts:
        return b"\n".join(parts.read(name) for name in parts.namelist())


def load(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def save(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


def levels(held: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Value and bound of each level, in their order."""
    return {level["id"]: (level["value"], level["bound"]) for level in held["levels"]}


def placements(plan: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {placed["operation"]: placed for placed in plan["placements"]}


def slot(placed: Mapping[str, Any]) -> tuple[str, str, str | None]:
    return placed["date"], placed["shift"], placed["police"]


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A scenario folder with these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def line_of(text: str, part: str) -> int:
    """The line, from 1, on which the only occurrence of `part` begins."""
    assert text.count(part) == 1, part
    return text[: text.index(part)].count("\n") + 1


def options(outcome: Outcome) -> dict[str, Any]:
    return {option["id"]: option for option in outcome.json()["options"]}
