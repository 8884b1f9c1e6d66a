"""The causes of a change, as they are kept with the revision that made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "withdrawal", "teams", "outcome", "scenario", "pin", "agreed", "asked", "decided", "tied", "knock-on", "undone"
]
TOLD_AS: Mapping[Kind, str] = {
    "withdrawal": "withdrawal",
    "teams": "teams",
    "outcome": "outcome",
    "scenario": "scenario",
    "pin": "pin",
    "agreed": "pin",
    "asked": "asked",
    "decided": "asked",
    "tied": "knock-on",
    "knock-on": "knock-on",
    "undone": "undone",
}
"""For every kind, the kind that changes.json gives for it (docs/formats.md#plan-folder)."""


@dataclass(frozen=True, slots=True)
class ChangeCause:
    """A cause why an operation left its place, or why an agency no longer joins it.

    `absent` is the agency that no longer joins; empty: the cause is about the place. `id` is the withdrawal of a
    `withdrawal`, the other operation of `tied`, else the operation itself. `party` is the agency that is short of teams
    or was asked, or the unit that said no. `given` are that agency's own words, for it and the coordinator alone.
    """

    kind: Kind
    id: str = ""
    party: str = ""
    given: str = ""
    absent: str = ""


Causes = Mapping[str, tuple[ChangeCause, ...]]
"""The causes of a revision's changes, by operation.

First those why it left its place, in the order in which they apply, then those of absent agencies.
"""
