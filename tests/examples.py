"""How many examples a property tries: few by default, all where ARSHJUL_EXAMPLES is `full`, as in `make slow`."""

import os
from typing import Any

from hypothesis import settings

_FULL = os.environ.get("ARSHJUL_EXAMPLES") == "full"


def examples(few: int, full: int, **more: Any) -> settings:
    """Settings with the one number or the other."""
    return settings(max_examples=full if _FULL else few, **more)
