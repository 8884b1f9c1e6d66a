"""The parties that must be told of a revision, and of which operations."""

from collections.abc import Mapping

from arshjul.domain.change import Changes, Move
from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario


def tell(scenario: Scenario, changes: Changes) -> Mapping[str, tuple[str, ...]]:
    """The operations that each party must be told of, by the party's id; agencies first, in plan order.

    Told are who takes part before or after, and the units that lose or get an operation; of a mere
    change of unit those units alone, not who lends besides as before; of another choice of agencies those
    that come or go. Whom the scenario does not know has no contact to be told by.
    """
    told: dict[str, set[str]] = {party: set() for party in (*scenario.agencies, *scenario.police)}
    moves = {move.operation: move for move in (*changes.moved, *changes.dropped, *changes.new)}
    for move in moves.values():
        for agency in _agencies(scenario, move) & scenario.agencies.keys():
            told[agency].add(move.operation)
    for move in changes.unit_changed:
        for agency in (_chosen(move.old) ^ _chosen(move.new)) & scenario.agencies.keys():
            told[agency].add(move.operation)
    for move in (*moves.values(), *changes.unit_changed):
        was, now = (_lending(scenario, placement) for placement in (move.old, move.new))
        for unit in was ^ now if move.operation not in moves else was | now:
            told[unit].add(move.operation)
    for operation, agencies in changes.lost_agencies.items():
        for agency in scenario.agencies.keys() & agencies:
            told[agency].add(operation)
    return {party: tuple(sorted(operations)) for party, operations in told.items() if operations}


def _lending(scenario: Scenario, placement: Placement | None) -> set[str]:
    units = () if placement is None else scenario.lenders(placement.operation, placement.police)
    return {unit for unit in units if unit in scenario.police}


def _agencies(scenario: Scenario, move: Move) -> set[str]:
    operation = scenario.operations.get(move.operation)
    own = set() if operation is None else {*operation.agencies, operation.lead_agency}
    return own | _joining(move.old) | _joining(move.new)


def _joining(placement: Placement | None) -> set[str]:
    return set() if placement is None else {*placement.optional_agencies, *placement.any_of}


def _chosen(placement: Placement | None) -> set[str]:
    return set() if placement is None else set(placement.any_of)
