"""The page's list of operations, month by month, and its sentences: the meaning and proof of a level's value."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from arshjul.errors import Message
from arshjul.year.agenda.lenders import StopsTaken
from arshjul.year.agenda.overview import Overview, StressedView
from arshjul.year.agenda.revised import Changed, Where
from arshjul.year.agenda.year import PlannedOperation, YearView, kinds_said
from arshjul.year.domain.history.stress_figures import Estimate, basis, not_best
from arshjul.year.domain.level import Level
from arshjul.year.rules.objectives import LEVEL_NAMES, OPTION_NAMES, gaps
from arshjul.year.texts import Words, counted

NO_BREAK = "\N{NO-BREAK SPACE}"
DASH = "\N{WORD JOINER}–\N{WORD JOINER}"  # a dash that is never at the end of a line

# The provers in words; others are named by their id
PROVERS = {
    "count": Message("counting"),
    "counting": Message("counting"),
    "duals": Message("linear programming"),
    "cp-sat": Message("the solver CP-SAT"),
    "highs": Message("the solver HiGHS"),
}


NOTHING_LOST = {
    "musts": Message("All musts are placed"),
    "points": Message("Nothing is unplaced"),
    "changes": Message("No operation is changed"),
}


@dataclass(frozen=True, slots=True)
class PageLabels:
    words: Words

    def month(self, first: date) -> str:
        """A month with its year, as a heading: "Mars 2027"."""
        return f"{self.words.month(first).capitalize()} {first.year}"

    def short_day(self, day: date) -> str:
        """A date in a list: "tis 2 mar", without line breaks."""
        return f"{self._weekday(day)}{NO_BREAK}{day.day}{NO_BREAK}{self.words.month(day)[:3]}"

    def dates(self, first: date, last: date) -> str:
        """A date in a list, or the first and the last of several: "tis–ons 2–3 mar", "ons 31 mar–tor 1 apr"."""
        if first == last:
            return self.short_day(first)
        if first.month == last.month:
            weekdays = f"{self._weekday(first)}{DASH}{self._weekday(last)}"
            return f"{weekdays} {first.day}{DASH}{last.day}{NO_BREAK}{self.words.month(last)[:3]}"
        return f"{self.short_day(first)}–{self.short_day(last)}"

    def _weekday(self, day: date) -> str:
        return self.words.weekday(day)[:3]

    def count(self, operations: Iterable[PlannedOperation]) -> str:
        return ", ".join(
            self.words.say(message) for message in kinds_said(Counter(operation.kind for operation in operations))
        )

    def officers(self, n: int) -> str:
        return self.words.say(counted(n, "{n} officer", "{n} officers"))

    def stressed(self, stressed: StressedView) -> str:
        """The number of simulated years, what they are based on, and what is not proven about them."""
        told = [
            self.words(
                "{n} years of withdrawals simulated, unknown ahead; {basis}.",
                n=stressed.years,
                basis=basis(stressed.withdrawals, stressed.log_days),
            )
        ]
        if stressed.unproven:
            told.append(self.words.say(not_best(stressed.unproven, stressed.answered)) + ".")
        return " ".join(told)

    def ranged(self, one: Estimate) -> str:
        return self.words("{mean} ({low} to {high})", mean=one.mean, low=one.low, high=one.high)

    def percent(self, one: Estimate) -> str:
        mean, low, high = (round(100 * share) for share in (one.mean, one.low, one.high))
        return f"{mean}{NO_BREAK}% ({low}{DASH}{high})"

    def frames(self, overview: Overview) -> str:
        stops = overview.stops.values()
        taken = StopsTaken(sum(stop.taken for stop in stops), sum(stop.stops for stop in stops))
        return self.words("{n} frames: {taken}.", n=len(stops), taken=taken.text)

    def reasons(self, change: Changed) -> str:
        """The cause of a change, and the parties that are lost with the cause of each; empty if there are none."""
        why = [] if change.cause is None else [Message("because of {cause}", {"cause": change.cause})]
        return "; ".join(map(self.words.say, (*why, *change.lost)))

    def freed(self, n: int) -> str:
        return self.words.say(counted(n, "One object is no longer bound.", "{n} objects are no longer bound."))

    def points(self, n: int) -> str:
        return self.words.say(counted(n, "{n} point", "{n} points"))

    def where(self, where: Where | None, view: YearView) -> str:
        """A place in the plan: "tis 2 mar, Kväll, LPO City", with the year if another; in words if there is none."""
        if where is None:
            return self.words("no place")
        shift = next(shift.name for shift in view.shifts if shift.id == where.slot.shift)
        day = self.short_day(where.slot.day)
        if where.slot.day not in view.span:
            day = f"{day}{NO_BREAK}{where.slot.day.year}"
        return ", ".join(part for part in (day, shift, where.unit) if part)

    def option(self, option: str) -> str:
        return self.words.say(OPTION_NAMES[option]) if option in OPTION_NAMES else option

    def aim(self, level: Level) -> str:
        return self.words.say(LEVEL_NAMES[level.id]) if level.id in LEVEL_NAMES else level.id

    def value(self, level: Level) -> str:
        """The meaning of a level's value."""
        n, none = level.value, NOTHING_LOST.get(level.id)
        if not n and none is not None:
            return self.words.say(none)
        match level.id:
            case "musts":
                message = counted(n, "{n} must is unplaced", "{n} musts are unplaced")
            case "points":
                message = counted(n, "Unplaced: {n} priority point", "Unplaced: {n} priority points")
            case "changes":
                message = counted(n, "{n} operation is changed", "{n} operations are changed")
            case "points-and-changes":
                message = counted(n, "{n} point lost, with unforced changes", "{n} points lost, with unforced changes")
            case "quality":
                message = counted(n, "Unmet wishes cost {n} penalty point", "Unmet wishes cost {n} penalty points")
            case _:
                return str(n)
        return self.words.say(message)

    def proof(self, level: Level, levels: Sequence[Level]) -> str:
        """The proof of one of these levels, or how much better a plan there may be."""
        if level.bound is None:
            return self.words("Nothing is proven yet.")
        if not level.proven:
            return self.words("Not proven to be best: {gap}.", gap=gaps(levels)[level.id])
        if not level.proved_by:
            return self.words("Proven: no plan is better.")
        return self.words(
            "Proven by {provers}: no plan is better.", provers=[self._prover(id) for id in level.proved_by]
        )

    def _prover(self, id: str) -> str:
        return " + ".join(self.words.say(PROVERS[part]) if part in PROVERS else part for part in id.split("+"))
