"""`make mutations`: a hundred planted faults, each of which the default tests are to catch.

`faults.tsv` has them: module, function, the line, and how it reads instead. They were drawn from a seed, then read by
eye, so that none is left that nobody could notice. Where a line is gone, draw another fault in its place.

All tests that may come by are run once, with a probe before each of those lines: it tells which of them do. Then each
fault is planted in a copy of the tree, and its tests are run, the cheapest first, until one fails. What was found on a
commit lies in `out/mutations`, and is not run again. `python -m tests.mutations 12 TEST…` plants one and runs these.
"""

import ast
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from importlib.util import cache_from_source
from itertools import accumulate
from pathlib import Path

from grimp import build_graph

from tests.conftest import MEMORY
from tests.mutations.draw import ROOT, Fault, file_of
from tests.quick import nearest
from tests.slow import commit

TABLE = Path(__file__).with_name("faults.tsv")
GOAL = 95
BELOW = {"bench", "solver", "year"}
"""Folders of tests that cannot come by unless they import a module with a fault."""

EACH, MOST_S, HANGS_S = 8, 90, 900
"""The tests of one file that are run first; CPU seconds for a fault; seconds after which it never ends."""


def cpu_s() -> float:
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def rewritten(file: Path, lines: Sequence[str]) -> None:
    """Another text, of which no bytecode is kept from before: it goes by size and second."""
    file.write_text("\n".join(lines) + "\n")
    Path(cache_from_source(str(file))).unlink(missing_ok=True)


def copied(scratch: str) -> Path:
    left_out = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "out")
    return Path(shutil.copytree(ROOT, Path(tempfile.mkdtemp(dir=scratch)) / "tree", symlinks=True, ignore=left_out))


def pytest_in(tree: Path, *options: str, limit_s: float | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    (tmp := tree.parent / "tmp").mkdir(exist_ok=True)
    env = {**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}", "TMPDIR": str(tmp), **more}
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False, timeout=limit_s)


def failing(done: subprocess.CompletedProcess[str]) -> list[str]:
    if done.returncode in (0, 5):
        return []
    return re.findall(r"^(?:FAILED|ERROR) (tests/.*?)(?: - .*)?$", done.stdout, re.MULTILINE) or ["nothing can be run"]


def probe(tree: Path, faults: Sequence[Fault]) -> None:
    """Puts a probe before the innermost statement that holds each line."""
    probes = defaultdict[Path, list[tuple[int, str]]](list)
    for number, fault in enumerate(faults, 1):
        lines = (file := file_of(fault.module, tree)).read_text().splitlines()
        with suppress(ValueError):
            at, function = fault.at(lines)
            before: ast.stmt = function.body[ast.get_docstring(function) is not None and len(function.body) > 1]
            for node in ast.walk(function):
                if (
                    isinstance(node, ast.stmt)
                    and node is not function
                    and node.lineno <= at + 1 <= (node.end_lineno or 0)
                ):
                    before = before if lines[node.lineno - 1].lstrip().startswith("elif ") else node
            first = min(one.lineno for one in (before, *getattr(before, "decorator_list", ())))
            probes[file].append(
                (
                    first,
                    f"{' ' * before.col_offset}__import__('tests.mutations.reached').mutations.reached.mark({number})",
                )
            )
    for file, there in probes.items():
        lines = file.read_text().splitlines()
        for first, text in sorted(there, reverse=True):
            lines.insert(first - 1, text)
        rewritten(file, lines)


def reach(scratch: str, faults: Sequence[Fault], folder: Path) -> None:
    """Runs the tests that may come by a fault, and keeps which of them do, and what each costs."""
    probe(tree := copied(scratch), faults)
    near = nearest(build_graph("arshjul", "tests"), [f"arshjul.{fault.module}" for fault in faults])
    files = {f"{one.replace('.', '/')}.py" for one in near}
    every = (str(one.relative_to(ROOT)) for one in (ROOT / "tests").rglob("test_*.py"))
    files |= {file for file in every if file.split("/")[1] not in BELOW}
    marks = tree.parent / "marks"
    marks.mkdir()
    done = pytest_in(tree, "-p", "tests.mutations.reached", *sorted(files), ARSHJUL_MARKS=str(marks))
    folder.mkdir(parents=True)
    (folder / "run.txt").write_text(done.stdout[-100_000:])
    for kind in ("marks", "tests"):
        (folder / f"{kind}.tsv").write_text("".join(one.read_text() for one in sorted(marks.glob(f"*.{kind}"))))


def stages(came_by: set[str], costs: dict[str, float]) -> Iterator[list[str]]:
    """Tests to run in turn: some of each file; the others; whole files, as a fixture's marks are of one test alone."""
    files = defaultdict[str, list[str]](list)
    for test in sorted(came_by & costs.keys(), key=lambda test: (costs[test], test)):
        files[test.partition("::")[0]].append(test)
    of_files = defaultdict[str, float](float)
    for test, cost in costs.items():
        of_files[test.partition("::")[0]] += cost

    def first(some: list[str], costs: dict[str, float], most_s: float) -> list[str]:
        sums = accumulate(costs[one] for one in some)
        return [one for one, n_s in zip(some, sums, strict=True) if n_s <= most_s] or some[:1]

    some = first([test for tests in files.values() for test in tests[:EACH]], costs, MOST_S / 4)
    yield some
    yield first([test for tests in files.values() for test in tests if test not in some], costs, MOST_S)
    yield first(sorted(files, key=lambda file: of_files[file]), of_files, MOST_S)


def tried(tree: Path, fault: Fault, tests: Iterable[list[str]]) -> str:
    """The test that fails with that fault; or what is the matter."""
    before = (file := file_of(fault.module, tree)).read_text().splitlines()
    try:
        at, _ = fault.at(before)
    except ValueError:
        return "GONE"
    began, is_run = cpu_s(), False
    try:
        rewritten(file, [line.replace(fault.line, fault.instead) if n == at else line for n, line in enumerate(before)])
        for some in tests:
            if some and cpu_s() - began < MOST_S:
                is_run = True
                for found in failing(pytest_in(tree, "-x", "-n", "0", *some, limit_s=HANGS_S)):
                    return found
    except subprocess.TimeoutExpired:
        return "it does not end"
    finally:
        rewritten(file, before)
    return "MISSED" if is_run else "NOBODY COMES BY"


_TREES: list[Path] = []
"""The copy of this process."""


def begin(scratch: str) -> None:
    _TREES.append(copied(scratch))


def judge(number: int, fault: Fault, tests: list[list[str]], results: Path) -> None:
    began = cpu_s()
    found = tried(_TREES[0], fault, tests)
    with results.open("a") as kept:
        kept.write(f"{number}\t{fault.module}\t{fault.function}\t{found}\t{cpu_s() - began:.0f}\n")


def measure(scratch: str, faults: Sequence[Fault], folder: Path) -> list[str]:
    """The lines of all faults, in their order."""
    if not folder.exists():
        reach(scratch, faults, folder)
    came_by = defaultdict[int, set[str]](set)
    for number, test in rows(folder / "marks.tsv"):
        came_by[int(number)].add(test)
    costs = {test: float(cost) for test, cost in rows(folder / "tests.tsv")}
    results = folder / "results.tsv"
    done = {int(number) for number, *_ in rows(results)}
    with ProcessPoolExecutor(2, initializer=begin, initargs=(scratch,)) as pool:
        left = [(number, fault) for number, fault in enumerate(faults, 1) if number not in done]
        for going in [pool.submit(judge, n, fault, list(stages(came_by[n], costs)), results) for n, fault in left]:
            going.result()
    return sorted(results.read_text().splitlines(), key=lambda line: int(line.partition("\t")[0]))


def rows(file: Path) -> list[list[str]]:
    return [line.split("\t") for line in file.read_text().splitlines()] if file.exists() else []


def main(words: Sequence[str]) -> int:
    faults = [Fault(*row) for row in rows(TABLE)]
    with tempfile.TemporaryDirectory(prefix="mutations-", dir=MEMORY if MEMORY.is_dir() else None) as scratch:
        if words:
            sys.stdout.write(f"{tried(copied(scratch), faults[int(words[0]) - 1], [[*words[1:]]])}\n")
            return 0
        lines = measure(scratch, faults, ROOT / "out" / "mutations" / commit())
    lacking = [line for line in lines if line.split("\t")[3].isupper()]
    text = f"{len(faults) - len(lacking)} of {len(faults)} planted faults are caught; {GOAL} must be."
    sys.stdout.write("\n".join([*lacking, text, ""]))
    return 0 if len(faults) - len(lacking) >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
