"""`make quick`: the default tests that import, however far, what differs from main.

By the graph of imports alone: what a test reads as a file or starts as a command is left to `make test`.
"""

import subprocess
import sys
from pathlib import Path

from grimp import ImportGraph, build_graph

ROOT = Path(__file__).parents[1]
MOST = 12
"""So many test files are run at the most, those nearest to what changed: half a minute."""


def changed(since: str) -> list[str]:
    def git(*words: str) -> list[str]:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    files = {*git("diff", "--name-only", "--merge-base", since), *git("ls-files", "--others", "--exclude-standard")}
    return sorted(one for one in files if one.endswith(".py"))


def module_of(file: str) -> str:
    return file.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def nearest(graph: ImportGraph, modules: list[str]) -> list[str]:
    """Test modules that import one of these, in the order of how many imports lie between."""
    found, edge = dict.fromkeys(modules), [one for one in modules if one in graph.modules]
    while edge:
        edge = sorted({one for module in edge for one in graph.find_modules_that_directly_import(module)} - {*found})
        found.update(dict.fromkeys(edge))
    return [one for one in found if one.rpartition(".")[2].startswith("test_") and one in graph.modules]


def main(since: str) -> int:
    sys.path.insert(0, str(ROOT))
    modules = [module_of(one) for one in changed(since)]
    tests = nearest(build_graph("arshjul", "tests"), modules)
    sys.stdout.write(
        f"{len(modules)} modules differ from {since}; {min(len(tests), MOST)} of {len(tests)} test files\n"
    )
    files = [str(ROOT / f"{one.replace('.', '/')}.py") for one in tests[:MOST]]
    return (
        subprocess.run([sys.executable, "-m", "pytest", "-q", *files], cwd=ROOT, check=False).returncode if files else 0
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "main"))
