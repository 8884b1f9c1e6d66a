"""The best guess of the next visit from those before, scored as it is made (docs/leaks.md has the formulas).

A kind is what a reader can tell visits apart by, such as an area with a sector. Each expert multiplies the chance of a
slot, which somebody who knows nothing would give it, by how often visits came there before: on that weekday and in that
shift, or so many days after the last one of the kind. The guess is a mixture of them, each with the weight that its
forecasts have earned until then, of all kinds or of the one that is guessed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

CERTAIN = 0.97
"""The most that an expert believes of a slot, unless it is the last one that is left."""

PRIOR = 0.5
"""The visits, seen and expected, with which each frequency begins, as in the estimator of Krichevsky and Trofimov."""

FAR = 43
"""More days than this since the last visit are counted as one: longer habits cannot be learnt in a year."""

Habit = tuple[tuple[int, ...], bool]
"""An expert: the parts of a kind within which it counts, and whether it counts the days since the last visit too."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots in which a visit may come, in order: the number of each one's date, week, and weekday with shift."""

    day: Counts
    week: Counts
    habit: Counts
    n_habits: int

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True, slots=True)
class Occasion:
    """The operations of one kind in a slot."""

    slot: int
    kind: tuple[str, ...]
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """What was guessed of an occasion when the one before it of its kind was over.

    `date` and `blind`: the chance that the guess, and somebody who knows nothing, gave its date. `names_…`: whether the
    likeliest date, or week, is that of the occasion. `because`: the expert that believed in its date the most; None:
    none did more than chance.
    """

    occasion: Occasion
    date: float
    blind: float
    names_date: bool
    names_week: bool
    blind_names_date: bool
    blind_names_week: bool
    because: Habit | None


@dataclass(frozen=True, slots=True)
class Score:
    """The guesses of a year. `bits`: the log score of all forecasts, slot by slot, above that of knowing nothing."""

    occasions: int
    bits: float
    guesses: tuple[Guess, ...]


def chance(remaining: Counts, left: Counts) -> Numbers:
    """The chance that at least one of the remaining visits comes now, if each may come in any of the slots left."""
    return np.asarray(1 - (1 - 1 / np.maximum(left, 1)) ** remaining, dtype=float)


def experts(parts: int) -> list[Habit]:
    """The experts for kinds of so many parts: for every choice of parts, with and without the time since the last."""
    groups = [group for n in range(parts + 1) for group in combinations(range(parts), n)]
    return [(group, spaced) for group in groups for spaced in (False, True)]


class Guesser:
    """Learns from the occasions of a year, slot by slot, and guesses the next one of each kind."""

    def __init__(self, slots: Slots, occasions: Sequence[Occasion]) -> None:
        self.slots = slots
        self.kinds = sorted({one.kind for one in occasions})
        self.rows = {kind: [one for one in occasions if one.kind == kind] for kind in self.kinds}
        n, kinds = len(slots), len(self.kinds)
        self.blind, self.gap = np.zeros((kinds, n)), np.full((kinds, n), -1)
        self.came = np.zeros((kinds, n), dtype=bool)
        left = n - np.arange(n)
        for row, kind in enumerate(self.kinds):
            there, total = self.rows[kind], sum(len(one.operations) for one in self.rows[kind])
            taken = np.zeros(n, dtype=int)
            for one in there:
                self.came[row, one.slot] = True
                taken[one.slot] += len(one.operations)
            self.blind[row] = chance(total - np.concatenate(([0], np.cumsum(taken)[:-1])), left)
            for one, following in pairwise([*there, Occasion(n - 1, kind, ())]):
                after = slice(one.slot + 1, following.slot + 1)
                self.gap[row, after] = np.minimum(slots.day[after] - slots.day[one.slot], FAR)
        learning = experts(len(self.kinds[0]))
        self.groups = {parts: self._groups(parts) for parts, _ in learning}
        self.tables: dict[Habit, Numbers] = {}
        for habit in learning:  # those that others begin from come first
            self.tables[habit] = self._table(habit)
        self.experts: list[Habit | None] = [None, *learning]
        self.scores = np.stack([self._score(expert) for expert in self.experts])

    def score(self) -> Score:
        """The score of the year, and the guesses of every occasion that has one of its kind before it."""
        earned = np.logaddexp(*self._earned(-1)) - np.log(2) - self.scores[0, :, -1].sum()
        found = sorted(self._guesses(), key=lambda one: (one.occasion.slot, one.occasion.kind))
        return Score(sum(map(len, self.rows.values())), float(earned / np.log(2)), tuple(found))

    def _earned(self, at: int) -> tuple[float, float]:
        """The scores before a slot of two mixtures: of one expert for all kinds, and of one for each kind."""
        return _mean(self.scores[:, :, at].sum(1)), sum(map(_mean, self.scores[:, :, at].T))

    def _weights(self, row: int, at: int) -> Numbers:
        """What each expert's forecast of a kind is worth, from what both mixtures have earned before a slot."""
        for_all, for_each = self._earned(at)
        share = np.exp(for_all - np.logaddexp(for_all, for_each))
        return np.asarray(
            share * _shares(self.scores[:, :, at].sum(1)) + (1 - share) * _shares(self.scores[:, row, at])
        )

    def _bins(self, *, spaced: bool, coarse: bool = False) -> tuple[Counts, int]:
        """What slots are counted under: weekday and shift, or the days (coarse: weeks) since the last of the kind."""
        if not spaced:
            return np.broadcast_to(self.slots.habit, self.gap.shape), self.slots.n_habits
        return (np.where(self.gap < 0, -1, self.gap // 7) + 1, FAR // 7 + 2) if coarse else (self.gap + 1, FAR + 2)

    def _groups(self, parts: tuple[int, ...]) -> Counts:
        named = [tuple(kind[part] for part in parts) for kind in self.kinds]
        numbers = {name: number for number, name in enumerate(sorted(set(named)))}
        return np.array([numbers[name] for name in named], dtype=int)

    def _table(self, habit: Habit) -> Numbers:
        """By group, bin and slot: how many times more often visits came there, before the slot, than by chance.

        A group begins from what all kinds together say, the days since the last from what their week says.
        """
        parts, spaced = habit
        if not parts:
            if not spaced:
                return self._counts((), spaced=False, coarse=False, begin=np.ones((1, 1, 1)))
            weeks = self._counts((), spaced=True, coarse=True, begin=np.ones((1, 1, 1)))
            week_of = np.concatenate(([0], np.arange(FAR + 1) // 7 + 1))
            return self._counts((), spaced=True, coarse=False, begin=weeks[:, week_of])
        return self._counts(parts, spaced=spaced, coarse=False, begin=self.tables[(), spaced])

    def _counts(self, parts: tuple[int, ...], *, spaced: bool, coarse: bool, begin: Numbers) -> Numbers:
        bins, n_bins = self._bins(spaced=spaced, coarse=coarse)
        groups = self.groups[parts]
        n = len(self.slots)
        seen, expected = np.zeros((groups.max() + 1, n_bins, n + 1)), np.zeros((groups.max() + 1, n_bins, n + 1))
        for row, group in enumerate(groups):
            at = group, bins[row], np.arange(1, n + 1)
            seen[at] += self.came[row]
            expected[at] += self.blind[row]
        return np.asarray((seen.cumsum(2) + PRIOR * begin) / (expected.cumsum(2) + PRIOR))

    def _believed(
        self, expert: Habit | None, row: int, blind: Numbers, gap: Counts, ahead: Counts, at: Counts
    ) -> Numbers:
        """The chance that an expert gives the slots `ahead`, with those gaps, knowing what was seen before `at`."""
        if expert is None:
            return blind
        parts, spaced = expert
        times = self.tables[parts, False][self.groups[parts][row], self.slots.habit[ahead], at]
        if spaced:
            times = times * np.where(gap < 0, 1, self.tables[parts, True][self.groups[parts][row], gap + 1, at])
        return np.where(blind > CERTAIN, blind, np.clip(blind * times, 1e-6, CERTAIN) * (blind > 0))

    def _score(self, expert: Habit | None) -> Numbers:
        """By kind the logarithm of what the expert gave to all that came, before each slot and at the end."""
        every, total = np.arange(len(self.slots)), np.zeros((len(self.kinds), len(self.slots) + 1))
        for row in range(len(self.kinds)):
            believed = self._believed(expert, row, self.blind[row], self.gap[row], every, every)
            kept = 1 - np.where(believed < 1, believed, 0)  # what is certain comes: there is nothing to be kept
            total[row, 1:] = np.log(np.where(self.came[row], believed, kept)).cumsum()
        return total

    def _guesses(self) -> Iterator[Guess]:
        for row, kind in enumerate(self.kinds):
            for last, one in pairwise(self.rows[kind]):
                yield self._guess(row, last, one)

    def _guess(self, row: int, last: Occasion, one: Occasion) -> Guess:
        now, n, slots = last.slot + 1, len(self.slots), self.slots
        ahead = np.arange(now, n)
        remaining = sum(len(other.operations) for other in self.rows[one.kind] if other.slot >= now)
        blind = chance(np.full(n - now, remaining), n - ahead)
        gap = np.minimum(slots.day[ahead] - slots.day[last.slot], FAR)
        at = np.full(n - now, now)
        weights = self._weights(row, now)
        first = [_first(self._believed(expert, row, blind, gap, ahead, at)) for expert in self.experts]
        mixed = np.average(first, axis=0, weights=weights)
        there = slots.day[ahead] == slots.day[one.slot]
        earned = [weight * chances[there].sum() for weight, chances in zip(weights, first, strict=True)]
        return _compared(slots, one, now, (mixed, first[0]), self.experts[int(np.argmax(earned))])


@dataclass(frozen=True, slots=True)
class KnownTotal:
    """The number of operations from a slot on until before another."""

    begin: int
    end: int
    operations: int


def announced(slots: Slots, occasions: Sequence[Occasion], totals: Sequence[KnownTotal]) -> Score:
    """The score of somebody who has seen none of them, but has read these numbers."""
    n = len(slots)
    taken = np.zeros(n + 1, dtype=int)
    for one in occasions:
        taken[one.slot + 1] += len(one.operations)
    before = taken.cumsum()
    whole = [KnownTotal(0, n, int(before[-1]))]
    there = {one.slot for one in occasions}
    came = np.array([slot in there for slot in range(n)], dtype=bool)
    told, blind = (_among(parts, n, before, None) for parts in (totals, whole))
    gained = np.log2(np.where(came, told, 1 - told)) - np.log2(np.where(came, blind, 1 - blind))
    guesses = []
    for last, one in pairwise(occasions):
        now = last.slot + 1
        pair = _first(_among(totals, n, before, now)[now:]), _first(_among(whole, n, before, now)[now:])
        guesses.append(_compared(slots, one, now, pair, None))
    return Score(len(occasions), float(gained.sum()), tuple(guesses))


def _among(totals: Sequence[KnownTotal], n: int, before: Counts, now: int | None) -> Numbers:
    """The chance of each slot if visits are spread evenly within their totals, as known before it, or at `now`."""
    found = np.zeros(n)
    for total in totals:
        slots = np.arange(total.begin, total.end)
        known = slots if now is None else np.clip(now, total.begin, slots)
        remaining = np.maximum(total.operations - (before[known] - before[total.begin]), 0)
        found[slots] = chance(remaining, total.end - slots)
    return np.clip(found, 1e-6, 1 - 1e-6)


def _compared(slots: Slots, one: Occasion, now: int, of: tuple[Numbers, Numbers], because: Habit | None) -> Guess:
    """The guess of an occasion by the chances that the slots from `now` on were given, and those of knowing nothing."""
    date, week = slots.day[now:], slots.week[now:]
    this_date, this_week = int(slots.day[one.slot]), int(slots.week[one.slot])
    there = date == this_date
    guess, blind = of
    return Guess(
        one,
        float(guess[there].sum()),
        float(blind[there].sum()),
        names_date=_likeliest(guess, date) == this_date,
        names_week=_likeliest(guess, week) == this_week,
        blind_names_date=_likeliest(blind, date) == this_date,
        blind_names_week=_likeliest(blind, week) == this_week,
        because=because,
    )


def _mean(scores: Numbers) -> float:
    """The logarithm of the mean of what has these logarithms."""
    return float(np.logaddexp.reduce(scores) - np.log(len(scores)))


def _shares(scores: Numbers) -> Numbers:
    """What has these logarithms, in shares of its sum."""
    return np.asarray(np.exp(scores - np.logaddexp.reduce(scores)))


def _first(believed: Numbers) -> Numbers:
    """The chance of each slot to have the first visit."""
    return np.asarray(believed * np.concatenate(([1], np.cumprod(1 - believed)[:-1])))


def _likeliest(chances: Numbers, of: Counts) -> int:
    """The date, or week, with the most of the chances; the earlier of equal ones."""
    begin = int(of[0])
    return begin + int(np.argmax(np.bincount(of - begin, weights=chances)))
