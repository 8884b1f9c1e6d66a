"""How well the reader of each calendar could guess the next visits from those before (docs/leaks.md)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

from arshjul.agenda.channel import LEVELS, Level
from arshjul.agenda.party import Party, parties
from arshjul.domain.calendar import Slot
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import make_plan
from arshjul.planning.leaks.drawn_dates import drawn_dates
from arshjul.planning.leaks.guesser import Guess, Guesser, Score, announced
from arshjul.planning.leaks.seen import YearSlots, occasions, shown_to, told_in_public, with_police
from arshjul.rules.soft.guessable import Guessable

SURE = log2(100)
"""A guesser that earns more bits than this in all does so by luck in at most one year of a hundred (Ville, 1939)."""

DEARER = 10
"""The other price that is tried, as a multiple of the usual one."""


@dataclass(frozen=True, slots=True)
class NamedRightly:
    """For how many of the guessed operations week and date were named rightly: by the guess, by knowing nothing."""

    guessed: int
    week: int
    date: int
    blind_week: int
    blind_date: int


@dataclass(frozen=True, slots=True)
class Leak:
    """What a calendar gives away. `party` None: what is public.

    `drawn`: the scores of years with other dates, drawn from those that what is offered leaves.
    """

    party: Party | None
    level: Level
    operations: int
    score: Score
    drawn: tuple[Score, ...] = ()

    @property
    def bits(self) -> float:
        """The log score above that of knowing nothing, for each occasion."""
        return per_occasion(self.score)

    @property
    def is_sure(self) -> bool:
        """True if luck alone gives as much in at most one year of a hundred."""
        return self.score.bits > SURE

    @property
    def named(self) -> NamedRightly:
        """How often the guess was right."""
        guesses = self.score.guesses

        def of(rightly: Iterable[bool]) -> int:
            return sum(len(one.occasion.operations) for right, one in zip(rightly, guesses, strict=True) if right)

        return NamedRightly(
            guessed=of(True for _ in guesses),
            week=of(one.names_week for one in guesses),
            date=of(one.names_date for one in guesses),
            blind_week=of(one.blind_names_week for one in guesses),
            blind_date=of(one.blind_names_date for one in guesses),
        )

    def most(self, n: int) -> list[Guess]:
        """The guesses that gave the date most beyond chance, the plainest first."""
        gained = [one for one in self.score.guesses if one.date > one.blind]
        return sorted(gained, key=lambda one: (one.blind - one.date, one.occasion.operations))[:n]


@dataclass(frozen=True, slots=True)
class Remade:
    """The year planned with another price of a pattern that can be guessed: what it gives away.

    `patterns`: how many operations stand in such patterns beyond what is free. `proven`: whether no plan is better.
    """

    price: int
    patterns: int
    leak: Leak
    proven: bool


@dataclass(frozen=True, slots=True)
class Leaks:
    """The calendars asked for, and the plan made with other prices, if that was asked for. `slots`: of the year."""

    scenario: Scenario
    slots: tuple[Slot, ...]
    leaks: tuple[Leak, ...]
    price: int
    patterns: int
    remade: tuple[Remade, ...] = ()


def per_occasion(score: Score) -> float:
    """The bits of a score for each occasion; 0 where there are none."""
    return score.bits / max(score.occasions, 1)


def channels_asked(scenario: Scenario, party: Party | None, level: Level | None) -> list[tuple[Party, Level]]:
    """The calendars that are looked at: all parties' at one level, by default `full`, or one's at every level."""
    if party is None:
        return [(one, level or "full") for one in parties(scenario)]
    return [(party, one) for one in reversed(LEVELS) if level in (None, one)]


def leaks(scenario: Scenario, plan: Plan, asked: Sequence[tuple[Party, Level]], years: int, seed: int) -> Leaks:
    """What each of the calendars, and the public wheel, gives away of the plan as it stands."""
    drawn = list(drawn_dates(scenario, plan, years, seed))
    year = YearSlots.of(scenario, (place.slot for place in plan.placements))
    found = [_leak(scenario, year, shown_to(scenario, plan, party), (party, level), drawn) for party, level in asked]
    public, totals = with_police(scenario, plan), told_in_public(scenario, plan, year)
    if totals:
        score = announced(year.arrays, occasions(scenario, year, public, "busy"), totals)
        found.append(Leak(None, "busy", len(public), score))
    price = Guessable().price(ReplanContext.of(scenario))
    return Leaks(scenario, year.slots, tuple(found), price, _patterns(scenario, plan))


def remade(scenario: Scenario, plan: Plan, asked: tuple[Party, Level], effort: Effort) -> tuple[Remade, ...]:
    """The year planned anew without the price of patterns and with a high one. `plan`: the first one of the year."""
    return tuple(_remade(scenario, plan, asked, price, effort) for price in (0, DEARER * Guessable.points))


def _remade(scenario: Scenario, plan: Plan, asked: tuple[Party, Level], price: int, effort: Effort) -> Remade:
    prices = {**scenario.objective.prices, Guessable.id: price}
    priced = replace(scenario, objective=replace(scenario.objective, prices=prices))
    made = make_plan(priced, plan.as_of, replace(effort, bare=True)).plan
    year = YearSlots.of(scenario, (place.slot for place in made.placements))
    leak = _leak(scenario, year, shown_to(scenario, made, asked[0]), asked, ())
    return Remade(price, _patterns(scenario, made), leak, made.status == "optimal")


def _leak(
    scenario: Scenario,
    year: YearSlots,
    where: Mapping[str, Slot],
    of: tuple[Party, Level],
    drawn: Iterable[Mapping[str, Slot]],
) -> Leak:
    party, level = of
    others = ({id: there[id] for id in where} for there in drawn)
    score, *scores = (_score(scenario, year, slots, level) for slots in (where, *others))
    return Leak(party, level, len(where), score, tuple(scores))


def _score(scenario: Scenario, year: YearSlots, where: Mapping[str, Slot], level: Level) -> Score:
    seen = occasions(scenario, year, where, level)
    return Guesser(year.arrays, seen).score() if seen else Score(0, 0.0, ())


def _patterns(scenario: Scenario, plan: Plan) -> int:
    """How many operations are above what is free in the patterns that `guessable` charges, at a price of 1."""
    prices = {**scenario.objective.prices, Guessable.id: 1}
    priced = replace(scenario, objective=replace(scenario.objective, prices=prices))
    return sum(price.points for price in Guessable().prices(ReplanContext.of(priced), plan))
