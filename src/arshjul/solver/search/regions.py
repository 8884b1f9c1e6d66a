"""Regions of a model: sets that meet among themselves in most of their lines, and few others in the rest.

They are found by how much pairs of sets meet, with nothing known of what the sets stand for:
Louvain's method (Blondel et al. 2008) moves sets between groups while the groups hold more than
chance would give them, then takes each group for one set and begins again.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from arshjul.solver.modelling.restrict import Restrictor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arshjul.solver.modelling.flat import Numbers

    Weights = NDArray[np.float64]

LARGEST = 0.6
"""The share of all sets that one region has at most: else there is nothing gained."""

SHARED = 0.05
"""The share of all lines that two regions share at most."""

MOST_SETS = 5000
"""A matrix of all pairs of more sets would take more room than the rest of the search."""

SWEEPS = 50


def regions(restrictor: Restrictor) -> list[list[int]]:
    """The sets of each region; none where the model does not nearly fall apart."""
    flat = restrictor.flat
    count, lines = len(flat.sizes), len(flat.at_most)
    if count > MOST_SETS:
        return []
    owner = np.repeat(np.arange(count), flat.sizes)
    meetings = np.unique(flat.terms.line * count + owner[flat.terms.variable])
    line, member = meetings // count, meetings % count
    label = _groups(_weights(line, member, count, lines))
    sizes = np.bincount(label)
    if len(sizes) < 2 or sizes.max() > LARGEST * count or _split(line, label[member], lines) > SHARED * lines:
        return []
    return [np.flatnonzero(label == k).tolist() for k in range(len(sizes))]


def _weights(line: "Numbers", member: "Numbers", count: int, lines: int) -> "Weights":
    """How much each two sets meet: a line adds one in all to each of its sets."""
    weights = np.zeros((count, count))
    start = np.searchsorted(line, np.arange(lines + 1)).tolist()
    for first, end in pairwise(start):
        if end - first > 1:
            sets = member[first:end]
            weights[sets[:, None], sets] += 1 / (end - first - 1)
    np.fill_diagonal(weights, 0)
    return weights


def _groups(weights: "Weights") -> "Numbers":
    """The group of each set, numbered from 0."""
    label = np.arange(len(weights))
    while True:
        moved = _moved(weights)
        groups, moved = np.unique(moved, return_inverse=True)
        label = moved[label]
        if len(groups) == len(weights):
            return label
        gather = np.zeros((len(groups), len(weights)))
        gather[moved, np.arange(len(weights))] = 1
        weights = gather @ weights @ gather.T


def _moved(weights: "Weights") -> "Numbers":
    """Each set in the group that it fits best, when no move helps any more."""
    degree = weights.sum(axis=1)
    whole = degree.sum()
    count = len(weights)
    label, held = np.arange(count), degree.copy()
    for _ in range(SWEEPS):
        moves = 0
        for s in range(count):
            old = label[s]
            held[old] -= degree[s]
            met = np.bincount(label, weights=weights[s], minlength=count)
            met[old] -= weights[s, s]
            gain = met - degree[s] * held / max(whole, 1e-9)
            new = int(gain.argmax())
            if gain[new] <= gain[old] + 1e-9:
                new = int(old)
            moves += new != old
            label[s] = new
            held[new] += degree[s]
        if not moves:
            break
    return label


def _split(line: "Numbers", label: "Numbers", lines: int) -> int:
    """How many lines have sets of two groups."""
    least, most = np.full(lines, len(label)), np.full(lines, -1)
    np.minimum.at(least, line, label)
    np.maximum.at(most, line, label)
    return int((least < most).sum())
