"""The cases with proven answers that lie beside the project, where they do."""

import re
from pathlib import Path

_PLACES = [parent / "shared" / "cases" for parent in Path(__file__).resolve().parents]
_NOT_BUILT = re.compile(r"-8-")
"""Cases of frames and objects, which have tests of their own."""

FOLDERS = [
    path.parent
    for path in sorted(path for place in _PLACES for path in place.glob("*/expected.json"))
    if not _NOT_BUILT.search(path.parent.name)
]
