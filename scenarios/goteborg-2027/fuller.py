"""One operation in ten as fuller situations have it: several dates, a choice of agencies, fewer or more officers.

Assumed: every number here. Which keys coordinators will use, and how often, nobody knows yet.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from operations import Draft

SHARE = 0.1
MOST_ON_SEVERAL = 2
"""Officers of an operation on several dates, at most."""
CHOICE = ["kronofogden", "forsakringskassan", "arbetsformedlingen"]
"""Agencies of which one is asked for: their teams are the least asked for in this year."""


def fuller(drafts: Sequence[Draft], rng: Random) -> dict[str, dict[str, Any]]:
    """The further keys of one operation in ten, of those whose dates are not spoken for."""
    free = [one for one in drafts if one.officers and not (one.tied or one.special or one.fixed or one.after)]
    found: dict[str, dict[str, Any]] = {}
    n = round(SHARE * sum(not draft.reserve for draft in drafts))
    # Units offer two dates in a row, not three, and few officers on both; Syd never two: more is never asked of them.
    can = [draft for draft in free if draft.officers <= MOST_ON_SEVERAL and draft.area != "syd" and not draft.police]
    several = rng.sample(can, n // 2)
    for number, draft in enumerate((*several, *rng.sample([one for one in free if one not in several], n - n // 2))):
        keys: dict[str, Any] = {}
        if draft in several:
            keys["days"] = 2
        elif number % 2:
            keys["any_of"] = [{"agencies": [agency for agency in CHOICE if agency not in draft.optional]}]
        else:
            keys["officers_least"] = max(draft.officers - 1, 1)
        if number % 3 == 0:
            near = [other.id for other in free if other is not draft and other.area == draft.area]
            keys["not_same_week_as"] = sorted(rng.sample(near, 2))
        found[draft.id] = keys
    return found
