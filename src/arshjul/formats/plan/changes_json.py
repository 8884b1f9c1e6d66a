"""changes.json: what a revision changes, and who must be told (docs/formats.md#plan-folder)."""

from collections.abc import Iterable, Mapping

from arshjul.domain.cause import TOLD_AS, Causes, ChangeCause
from arshjul.domain.change import Changes, Move
from arshjul.domain.placement import Placement
from arshjul.formats.scenario.scenario_json import Json


def changes_mapping(
    changes: Changes,
    tell: Mapping[str, Iterable[str]],
    hit: Iterable[str] = (),
    confirmed: Iterable[str] = (),
    causes: Causes | None = None,
    lost: Mapping[str, Iterable[str]] | None = None,
) -> Json:
    """The mapping; every list is there, empty in a first plan.

    `confirmed`: near enough now to be certain. `causes`: why, by the operation that is changed; `lost`: the agencies
    that no longer join, by operation.
    """

    def why(move: Move) -> Json:
        return _causes(causes.get(move.operation, ()) if causes else ())

    return {
        "moved": [{**_move(move), **why(move)} for move in changes.moved],
        "unit_changed": [{**_move(move), **why(move)} for move in changes.unit_changed],
        "dropped": [{"operation": m.operation, "old": _place(m.old), **why(m)} for m in changes.dropped],
        "new": [{"operation": move.operation, "new": _place(move.new)} for move in changes.new],
        "confirmed": sorted(confirmed),
        "hit": sorted(hit),
        "lost_agencies": {id: list(agencies) for id, agencies in sorted((lost or {}).items())},
        "tell": [{"party": party, "operations": list(operations)} for party, operations in tell.items()],
    }


def _causes(found: tuple[ChangeCause, ...]) -> Json:
    """The first cause that applies; where several bite, all of them besides."""
    told = [_cause(one) for one in found]
    return {**({"cause": told[0]} if told else {}), **({"causes": told} if len(told) > 1 else {})}


def _cause(one: ChangeCause) -> Json:
    about = {"party": one.party} if one.party else {"id": one.id}
    return {"kind": TOLD_AS[one.kind], **about}


def _move(move: Move) -> Json:
    return {"operation": move.operation, "old": _place(move.old), "new": _place(move.new)}


def _place(placement: Placement | None) -> Json | None:
    return None if placement is None else place_mapping(placement)


def place_mapping(placement: Placement) -> Json:
    """Where an operation stands: date, shift, unit, and the agencies chosen of its groups, if it has any."""
    chosen = {"any_of": list(placement.any_of)} if placement.any_of else {}
    return {"date": str(placement.slot.day), "shift": placement.slot.shift, "police": placement.police, **chosen}
