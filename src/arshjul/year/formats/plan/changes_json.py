"""changes.json: the changes of a revision, and the parties to tell (docs/formats.md#plan-folder), and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from arshjul.year.domain.change import Causes, ChangeCause, Changes, Move
from arshjul.year.domain.operation import Placement
from arshjul.year.formats.scenario.scenario_json import Json
from arshjul.year.formats.schema.plan import ToldAbsence, ToldCause, ToldChanges, ToldMove, ToldParty, ToldPlace
from arshjul.year.formats.tree import Document, nodes
from arshjul.year.formats.validation import validated


def changes_mapping(
    changes: Changes,
    tell: Mapping[str, Iterable[str]],
    hit: Iterable[str] = (),
    confirmed: Iterable[str] = (),
    causes: Causes | None = None,
    lost: Mapping[str, Iterable[str]] | None = None,
    absences: Causes | None = None,
) -> Json:
    """The mapping; every list is there, empty in a first plan.

    `confirmed`: near enough now to be certain. `causes`: by changed operation; `lost`: the agencies that no longer
    join, by operation; `absences`: the causes of that.
    """

    def told(moves: Iterable[Move]) -> list[ToldMove]:
        return [_told(move, causes or {}) for move in moves]

    return ToldChanges.model_construct(
        moved=told(changes.moved),
        unit_changed=told(changes.unit_changed),
        dropped=told(changes.dropped),
        new=[ToldMove.of(move) for move in changes.new],
        confirmed=sorted(confirmed),
        hit=sorted(hit),
        lost_agencies={id: list(agencies) for id, agencies in sorted((lost or {}).items())},
        absences=[
            _absence(id, agency, absences or {}) for id, agencies in sorted((lost or {}).items()) for agency in agencies
        ],
        tell=[ToldParty.model_construct(party=party, operations=list(ids)) for party, ids in tell.items()],
    ).model_dump(by_alias=True)


def _told(move: Move, causes: Causes) -> ToldMove:
    return ToldMove.of(move).model_copy(update=_all_of(causes.get(move.operation, ())))


def _absence(operation: str, agency: str, causes: Causes) -> ToldAbsence:
    own = [cause for cause in causes.get(operation, ()) if cause.absent == agency]
    return ToldAbsence.model_construct(operation=operation, agency=agency, **_all_of(own))


def _all_of(causes: Iterable[ChangeCause]) -> dict[str, Any]:
    """The first cause that applies; if there are several, also all of them."""
    told = [ToldCause.of(cause) for cause in causes]
    return {"cause": told[0] if told else None, "causes": told if len(told) > 1 else []}


def place_mapping(placement: Placement) -> Json:
    """An operation's place: date, shift, unit, and the agencies chosen from its groups, if it has any."""
    return ToldPlace.of(placement).model_dump(by_alias=True)


def read_changes(data: object, file: str) -> Changes | None:
    """None if they cannot be read."""
    read = _read(data, file)
    if read is None:
        return None
    kinds = {"moved": read.moved, "unit_changed": read.unit_changed, "dropped": read.dropped, "new": read.new}
    return Changes(**{kind: tuple(move.domain() for move in moves) for kind, moves in kinds.items()})


def scenario_before(data: object, file: str) -> str:
    """Empty if it has none."""
    read = _read(data, file)
    return "" if read is None else read.from_scenario


def _read(data: object, file: str) -> ToldChanges | None:
    return validated(ToldChanges, Document(nodes(data), file), (), is_json=True, more=True)
