"""The cases with proven answers that lie beside the project, where they do.

Those in `cases-new` are of what is still to be built: one is left out while its scenario has a key that the schema
does not know, and runs as soon as it does.
"""

import json
from pathlib import Path

from arshjul.errors import InputError
from arshjul.year.formats.reading import read_scenario

_SHARED = [parent / "shared" for parent in Path(__file__).resolve().parents]


def _cases(folder: str) -> list[Path]:
    return [path.parent for place in _SHARED for path in sorted((place / folder).glob("*/expected.json"))]


def unknown_keys(case: Path) -> set[str]:
    """The paths of the keys that are still to be built: no schema has them, and the case expects no refusal there."""
    try:
        read_scenario(case / "scenario")
    except InputError as refused:
        expected = json.loads((case / "expected.json").read_text()).get("problems", [])
        found = {problem.path for problem in refused.problems if problem.kind == "unknown-key"}
        return found - {problem["path"] for problem in expected if problem["kind"] == "unknown-key"}
    return set()


_NEW = _cases("cases-new")
AHEAD = {case: keys for case in _NEW if (keys := unknown_keys(case))}
"""The cases that are left out, and why."""

FOLDERS = [*_cases("cases"), *(case for case in _NEW if case not in AHEAD)]
