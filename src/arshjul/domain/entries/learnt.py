"""What is learnt of an operation: what its parties say of it afterwards, and what is to become better."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from arshjul.domain.entry import Entry

AsPlanned = Literal["yes", "partly", "no"]
ImprovementKind = Literal["planning", "organisation", "equipment", "training", "practice"]
ImprovementState = Literal["open", "done", "dropped"]
AS_PLANNED: tuple[AsPlanned, ...] = get_args(AsPlanned)
IMPROVEMENT_KINDS: tuple[ImprovementKind, ...] = get_args(ImprovementKind)
IMPROVEMENT_STATES: tuple[ImprovementState, ...] = get_args(ImprovementState)

EVALUATIONS, IMPROVEMENTS, OBSTACLES, CARDS = "evaluations", "improvements", "obstacles", "cards"
AGENDA_POINTS, MINUTES, MEETING_ACTIONS, PICTURES = "agenda_points", "minutes", "meeting_actions", "pictures"
LEARNT = (EVALUATIONS, IMPROVEMENTS, OBSTACLES, CARDS, AGENDA_POINTS, MINUTES, MEETING_ACTIONS, PICTURES)
"""The lists of entries that no plan has to answer: they count as soon as they are entered."""

MOST_IMPROVEMENTS = 3
"""Of one operation."""


@dataclass(frozen=True, slots=True)
class PartyEvaluation(Entry):
    """What one party says of an operation. Marks are 1 to 5, None where it cannot say.

    `worst_section`: of its information sheet. `action`: what the party proposes. `helped`: of improvements that stood
    on it, by id, 1 if it helped and 0 if not.
    """

    operation: str
    party: str
    as_planned: AsPlanned
    lead_time: int | None = None
    information: int | None = None
    worst_section: str | None = None
    right_object: int | None = None
    roles: int | None = None
    police: int | None = None
    keep: str = ""
    change: str = ""
    why: str = ""
    action: str = ""
    helped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Applies:
    """Where an improvement is to be seen: operations that are among these in each respect; empty: any."""

    sectors: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Improvement(Entry):
    """What is to become better after an operation, who sees to it, and when it is to be done.

    Whether it is `checked` stands in no entry: evaluations of the operations that it applies to say so.
    """

    id: str
    origin: str
    observation: str
    action: str
    owner: str
    due: date
    kind: ImprovementKind
    cause: str = ""
    applies: Applies = Applies()
    state: ImprovementState = "open"
    reason: str = ""


def latest_evaluations(log: Iterable[PartyEvaluation]) -> Mapping[tuple[str, str], PartyEvaluation]:
    """What each party says of each operation, by both: what was said last holds, however late it came in."""
    found: dict[tuple[str, str], PartyEvaluation] = {}
    for one in log:
        before = found.get((one.operation, one.party))
        if before is None or before.reported is None or one.reported is None or before.reported <= one.reported:
            found[one.operation, one.party] = one
    return found


def latest_improvements(log: Iterable[Improvement]) -> Mapping[str, Improvement]:
    """The improvements as they stand, by id."""
    return {one.id: one for one in log}
