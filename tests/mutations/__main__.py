"""`make mutations`: a hundred planted faults, each of which the default tests are to catch.

`faults.tsv` has them: module, function, the line, and how it reads instead. They were drawn from a seed, then read by
eye, so that none is left that nobody could notice. Where a line is gone, draw another fault in its place.

All tests that may come by are run once, with a probe before each of those lines: it tells which of them do. Then each
fault is planted in a copy of the tree, and its tests are run, the cheapest first, until one fails. What was found on a
commit lies in `out/mutations`, and is not run again. `python -m tests.mutations 12 TEST…` plants one and runs these.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path

from grimp import build_graph

from tests.conftest import MEMORY
from tests.mutations.fault import ROOT, Fault, file_of, planted, rewritten
from tests.mutations.forked import HANGS_S, MOST_S
from tests.quick import steps_to
from tests.slow import commit

TABLE = Path(__file__).with_name("faults.tsv")
GOAL = 95
BELOW = {"bench", "solver", "year"}
"""Folders of tests that cannot come by unless they import a module with a fault."""

EACH = 8
"""So many tests of one file are run before others."""

PROBE = "__import__('tests.mutations.reached').mutations.reached.mark({})"
Numbered = list[tuple[int, Fault]]


def copied(scratch: str, tree: Path = ROOT) -> Path:
    left_out = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "out")
    return Path(shutil.copytree(tree, Path(tempfile.mkdtemp(dir=scratch)) / "tree", symlinks=True, ignore=left_out))


def pytest_in(tree: Path, *options: str, limit_s: float | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    (tmp := tree.parent / "tmp").mkdir(exist_ok=True)
    env = {**os.environ, "PYTHONPATH": f"{tree / 'src'}:{tree}", "TMPDIR": str(tmp), **more}
    command = [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False, timeout=limit_s)


def probe(tree: Path, faults: Numbered) -> None:
    """Puts a probe before the innermost statement that holds each line."""
    probes = defaultdict[Path, list[tuple[int, str]]](list)
    for number, fault in faults:
        lines = (file := file_of(fault.module, tree)).read_text().splitlines()
        at, function = fault.at(lines)
        before: ast.stmt = function.body[ast.get_docstring(function) is not None and len(function.body) > 1]
        for node in (one for one in ast.walk(function) if isinstance(one, ast.stmt) and one is not function):
            is_elif = lines[node.lineno - 1].lstrip().startswith("elif ")
            if node.lineno <= at + 1 <= (node.end_lineno or 0) and not is_elif:
                before = node
        first = min(one.lineno for one in (before, *getattr(before, "decorator_list", ())))
        probes[file].append((first, f"{' ' * before.col_offset}{PROBE.format(number)}\n"))
    for file, there in probes.items():
        lines = file.read_text().splitlines(keepends=True)
        for first, text in sorted(there, reverse=True):
            lines.insert(first - 1, text)
        rewritten(file, "".join(lines))


def reach(tree: Path, faults: Numbered, folder: Path) -> None:
    """Runs the tests that may come by a fault, and keeps which of them do, and what each costs."""
    probe(tree, faults)
    files = {*steps_to(build_graph("arshjul", "tests"), [f"arshjul.{fault.module}" for _, fault in faults])}
    every = (str(one.relative_to(tree)) for one in (tree / "tests").rglob("test_*.py"))
    files |= {file for file in every if file.split("/")[1] not in BELOW}
    marks = tree.parent / "marks"
    marks.mkdir()
    done = pytest_in(tree, "-p", "tests.mutations.reached", *sorted(files), ARSHJUL_MARKS=str(marks))
    folder.mkdir(parents=True)
    (folder / "run.txt").write_text(done.stdout[-100_000:])
    for kind in ("tests", "marks"):
        (folder / f"{kind}.tsv").write_text("".join(one.read_text() for one in sorted(marks.glob(f"*.{kind}"))))


def files_of(modules: Iterable[str]) -> set[str]:
    return {f"{one.replace('.', '/')}.py" for one in modules}


def in_turn(came_by: set[str], near: set[str], costs: dict[str, float]) -> list[str]:
    """Those of files that import the module, then some of each other file; all else of these files comes last.

    What a fixture does is told of the first test that uses it alone.
    """
    files = defaultdict[str, list[str]](list)
    for test in sorted(came_by, key=lambda test: (costs[test], test)):
        files[test.partition("::")[0]].append(test)
    first = [test for file in sorted(files, key=lambda file: file not in near) for test in files[file][:EACH]]
    others = sorted(costs, key=lambda test: (test not in came_by, costs[test]))
    tests = dict.fromkeys([*first, *(test for test in others if test.partition("::")[0] in files)])
    sums = accumulate(costs[test] for test in tests)
    return [test for test, n_s in zip(tests, sums, strict=True) if n_s <= MOST_S]


def fork_all(tree: Path, results: Path, asked: list[tuple[int, Fault, list[str]]]) -> None:
    (given := tree.parent / "asked.json").write_text(json.dumps([str(results), asked]))
    files = sorted({test.partition("::")[0] for _, _, tests in asked for test in tests})
    if files:
        pytest_in(tree, "-n", "0", "-p", "tests.mutations.forked", *files, ARSHJUL_FAULTS=str(given))


def tried(tree: Path, fault: Fault, tests: Sequence[str]) -> str:
    """The test that fails with that fault in a new interpreter."""
    if not tests:
        return "NOBODY COMES BY"
    try:
        with planted(fault, tree):
            run = pytest_in(tree, "-x", "-n", "0", *tests, limit_s=HANGS_S)
    except subprocess.TimeoutExpired:
        return "it does not end"
    failing = re.findall(r"^(?:FAILED|ERROR) (tests/.*?)(?: - .*)?$", run.stdout, re.MULTILINE)
    return "MISSED" if run.returncode in (0, 5) else (failing or ["nothing can be run"])[0]


def measure(scratch: str, faults: Numbered, folder: Path) -> None:
    """Lets the results have a line of each fault. The tree may be edited meanwhile."""
    trees = [copied(scratch)]
    trees += [copied(scratch, trees[0]) for _ in range(2)]
    if not folder.exists():
        reach(trees[2], faults, folder)
    came_by, results = defaultdict[int, set[str]](set), folder / "results.tsv"
    for marked, test in rows(folder / "marks.tsv"):
        came_by[int(marked)].add(test)
    costs = {test: float(cost) for test, cost in rows(folder / "tests.tsv")}
    graph, asked = build_graph("arshjul", "tests"), list[tuple[int, Fault, list[str]]]()
    for number, fault in faults:
        near = files_of(graph.find_modules_that_directly_import(f"arshjul.{fault.module}"))
        asked.append((number, fault, in_turn(came_by[number] & costs.keys(), near, costs)))
    with ThreadPoolExecutor(2) as pool:
        left = [one for one in asked if one[0] not in done(results)]
        list(pool.map(fork_all, trees, [results] * 2, (left[::2], left[1::2])))
    for n, fault, tests in asked:
        if n not in done(results):
            line = f"{n}\t{fault.module}\t{fault.function}\t{tried(trees[0], fault, tests)}\n"
            with results.open("a") as kept:
                kept.write(line)


def rows(file: Path) -> list[list[str]]:
    return [line.split("\t") for line in file.read_text().splitlines()] if file.exists() else []


def done(results: Path) -> dict[int, str]:
    return {int(number): found for number, _, _, found, *_ in rows(results)}


def main(words: Sequence[str]) -> int:
    faults = [Fault(*row) for row in rows(TABLE)]
    folder, there, gone = ROOT / "out" / "mutations" / commit(), list[tuple[int, Fault]](), dict[int, str]()
    for number, fault in enumerate(faults, 1):
        try:
            fault.at(file_of(fault.module).read_text().splitlines())
            there.append((number, fault))
        except (OSError, ValueError):
            gone[number] = "THE LINE IS GONE"
    with tempfile.TemporaryDirectory(prefix="mutations-", dir=MEMORY if MEMORY.is_dir() else None) as scratch:
        if words:
            sys.stdout.write(f"{tried(copied(scratch), faults[int(words[0]) - 1], words[1:])}\n")
            return 0
        measure(scratch, there, folder)
    lacking = {n: found for n, found in sorted({**done(folder / "results.tsv"), **gone}.items()) if found.isupper()}
    for number, found in lacking.items():
        sys.stdout.write(f"{number} {found}: {' '.join(faults[number - 1])}\n")
    sys.stdout.write(f"{len(faults) - len(lacking)} of {len(faults)} planted faults are caught; {GOAL} must be.\n")
    return 0 if len(faults) - len(lacking) >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
