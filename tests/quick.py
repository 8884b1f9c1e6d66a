"""`make quick`: the default tests that import, however far, what differs from main; half a minute of them at most.

By the graph of imports alone: what a test reads as a file or starts as a command is left to `make test`. What each file
takes is measured whenever it runs (tests/conftest.py): after the first `make test` as many run as there is time for.
"""

import json
import subprocess
import sys
from pathlib import Path

from grimp import ImportGraph, build_graph

ROOT = Path(__file__).parents[1]
COSTS = ROOT / "out" / "costs.json"
SECONDS = 40
"""So long all of them may take, one after the other: two run at a time, and to collect them takes the rest."""


def changed(since: str) -> list[str]:
    def git(*words: str) -> list[str]:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    files = {*git("diff", "--name-only", "--merge-base", since), *git("ls-files", "--others", "--exclude-standard")}
    return sorted(file for file in files if file.endswith(".py"))


def module_of(file: str) -> str:
    return file.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def steps_to(graph: ImportGraph, modules: list[str]) -> dict[str, int]:
    """The test files that import one of these, each with how many imports lie between."""
    steps, edge, n = dict.fromkeys(modules, 0), {module for module in modules if module in graph.modules}, 0
    while edge:
        n += 1
        edge = {other for module in edge for other in graph.find_modules_that_directly_import(module)} - steps.keys()
        steps.update(dict.fromkeys(edge, n))
    tests = {module for module in steps if module.rpartition(".")[2].startswith("test_") and module in graph.modules}
    return {f"{module.replace('.', '/')}.py": steps[module] for module in tests}


def chosen(steps: dict[str, int], costs: dict[str, float]) -> list[str]:
    """What was changed and what imports it first, then the rest, the cheapest first, as long as there is time."""
    files, left = [], float(SECONDS)
    for file in sorted(steps, key=lambda file: (min(steps[file], 2), costs.get(file, 1), file)):
        left -= costs.get(file, 1)
        if left < 0:
            break
        files.append(file)
    return files


def main(since: str) -> int:
    sys.path.insert(0, str(ROOT))
    modules = [module_of(file) for file in changed(since)]
    steps = steps_to(build_graph("arshjul", "tests"), modules)
    files = chosen(steps, json.loads(COSTS.read_text()) if COSTS.exists() else {})
    sys.stdout.write(f"{len(modules)} modules differ from {since}; {len(files)} of {len(steps)} test files\n")
    command = [sys.executable, "-m", "pytest", "-q", *files]
    return subprocess.run(command, cwd=ROOT, check=False).returncode if files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "main"))
