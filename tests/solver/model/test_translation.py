"""Conflicts as cliques: complete, the same whenever the same are present, and never the most of the work."""

import random
from collections.abc import Callable
from itertools import combinations

import pytest

from arshjul.solver.board import Activity, Board, Conflict, Option
from arshjul.solver.model import translation as module
from arshjul.solver.model.translation import _cliques, bits, translate
from tests.examples import each

Cliques = tuple[list[list[int]], int]


def foes(n: int, seed: int = 0) -> list[int]:
    """Numbers of which half the pairs are foes, as bits."""
    draw = random.Random(seed)
    masks = [0] * n
    for a, b in combinations(range(n), 2):
        if draw.random() < 0.5:
            masks[a] |= 1 << b
            masks[b] |= 1 << a
    return masks


def crowd(n: int, steps: int) -> Board:
    activities = [Activity(str(i), [Option(k) for k in range(steps)], {}) for i in range(n)]
    pairs = [Conflict(a, b) for a, mask in enumerate(foes(n)) for b in bits(mask) if a < b]
    return Board(("x",), steps, {}, activities, conflicts=pairs)


@pytest.mark.parametrize("most", [0, 50, 10**9])
@each(range(20))
def test_cliques_hold_every_conflict_among_those_present_and_no_other(seed: int, most: int) -> None:
    n = 12
    masks = foes(n, seed)
    present = random.Random(seed).getrandbits(n)
    cliques, looks = _cliques(present, masks, most)
    held = {pair for clique in cliques for pair in combinations(sorted(clique), 2)}
    among = list(bits(present))
    assert held == {(a, b) for a, b in combinations(among, 2) if masks[a] >> b & 1}
    assert looks <= most + n  # the last one begun is looked at to its end


def test_cliques_are_looked_for_once_where_the_same_are_present(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real: Callable[..., Cliques] = module._cliques

    def counting_bound(present: int, masks: list[int], most: int) -> Cliques:
        asked.append(present)
        return real(present, masks, most)

    monkeypatch.setattr(module, "_cliques", counting_bound)
    lines = translate(crowd(20, 30)).constraints
    assert len(asked) == 1
    assert len(lines) == 30 * len(real(asked[0], foes(20), 10**9)[0])


def test_the_work_for_cliques_ends_and_the_conflicts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    real: Callable[..., Cliques] = module._cliques

    def watched(present: int, masks: list[int], most: int) -> Cliques:
        left.append(most)
        return real(present, masks, most)

    monkeypatch.setattr(module, "_cliques", watched)
    n = 40
    activities = [Activity(str(i), [Option(k) for k in range(i % 7, 9)], {}) for i in range(n)]
    pairs = [Conflict(a, b) for a, mask in enumerate(foes(n)) for b in bits(mask) if a < b]
    board = Board(("x",), 9, {}, activities, conflicts=pairs)
    monkeypatch.setattr(module, "CLIQUE_LOOKS", 100)
    apart = {frozenset(pair) for line in translate(board).constraints for pair in combinations(line.terms, 2)}
    assert left[0] == 100
    assert -n < left[-1] <= 0
    owner = [i for i, activity in enumerate(activities) for _ in activity.options]
    starts = [option.start for activity in activities for option in activity.options]
    clash = {(pair.first, pair.second) for pair in pairs}
    for a, b in combinations(range(len(owner)), 2):
        foe = (owner[a], owner[b]) in clash or (owner[b], owner[a]) in clash
        assert (frozenset((a, b)) in apart) == (foe and starts[a] == starts[b])
