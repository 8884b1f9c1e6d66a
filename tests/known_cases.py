"""The cases with proven answers that lie beside the project, where they do.

A case of what is still to be built is left out as long as the scenario has no such key: `ahead` says which these are.
"""

from pathlib import Path

from arshjul.formats.scenario.schema.operation import WrittenOperation

_SHARED = [parent / "shared" for parent in Path(__file__).resolve().parents]

KEYS = {"-9-": ("meet", "spacing_days")}
"""The keys that cases need, by a part of their names."""


def ahead(case: Path) -> bool:
    """True of a case that needs a key of an operation which is still to be built."""
    known = WrittenOperation.model_fields
    return any(part in case.name and not known.keys() >= {*keys} for part, keys in KEYS.items())


_CASES = [
    path.parent
    for place in _SHARED
    for folder in ("cases", "cases-new")
    for path in sorted((place / folder).glob("*/expected.json"))
]

AHEAD = [case for case in _CASES if ahead(case)]
FOLDERS = [case for case in _CASES if not ahead(case)]
