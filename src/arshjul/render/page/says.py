"""The page's sentences: the meaning and proof of a level's value, and short dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from arshjul.agenda.lenders import StopsTaken
from arshjul.agenda.overview import Overview, StressedView, uncounted
from arshjul.agenda.revised import Changed, Where
from arshjul.agenda.year import STATUS_NAMES, Status, YearView, kinds_said
from arshjul.domain.calendar import Shift, Span
from arshjul.domain.history.stressed import Estimate, basis, not_best
from arshjul.domain.level import Level
from arshjul.errors import Message
from arshjul.render.page.rows import MonthRows
from arshjul.render.wheel import says as wheel_says
from arshjul.rules.objectives import LEVEL_NAMES, OPTION_NAMES, UNSETTLED, gaps
from arshjul.texts import Words, counted

NO_BREAK = "\N{NO-BREAK SPACE}"
DASH = "\N{WORD JOINER}–\N{WORD JOINER}"
"""A dash that is never at the end of a line."""

# The provers in words; others are named by their id
PROVERS = {
    "count": Message("counting"),
    "counting": Message("counting"),
    "duals": Message("linear programming"),
    "cp-sat": Message("the solver CP-SAT"),
    "highs": Message("the solver HiGHS"),
}


@dataclass(frozen=True, slots=True)
class Says:
    """The page's sentences in one language."""

    words: Words

    def title(self, overview: Overview) -> str:
        """The title of the page."""
        return self.words("Plan {name}", name=overview.year.name)

    def span(self, period: Span) -> str:
        """Dates from and to."""
        return wheel_says.span(period, self.words)

    def month(self, first: date) -> str:
        """A month with its year, as a heading: "Mars 2027"."""
        return f"{self.words.month(first).capitalize()} {first.year}"

    def short_month(self, first: date, view: YearView) -> str:
        """A month in three letters."""
        return wheel_says.month(first, view, self.words)

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

    def hours(self, shift: Shift) -> str:
        """A shift's clock times."""
        return wheel_says.hours(shift.start, shift.end)

    def status(self, status: Status) -> str:
        """The word for the status of an operation."""
        return self.words.say(STATUS_NAMES[status])

    def count(self, month: MonthRows) -> str:
        """The number of a month's operations of each kind."""
        return ", ".join(self.words.say(one) for one in kinds_said(month.kinds))

    def confidential(self) -> str:
        """A warning to read before passing the page on."""
        return wheel_says.confidential(self.words)

    def number(self, n: int) -> str:
        """A number with separated thousands."""
        return self.words.number(n)

    def officers(self, n: int) -> str:
        """A number of officers."""
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
        """A mean, and its interval."""
        return self.words("{mean} ({low} to {high})", mean=one.mean, low=one.low, high=one.high)

    def percent(self, one: Estimate) -> str:
        """A chance in per cent, and its interval."""
        mean, low, high = (round(100 * share) for share in (one.mean, one.low, one.high))
        return f"{mean}{NO_BREAK}% ({low}{DASH}{high})"

    def frames(self, overview: Overview) -> str:
        """The stops of all frames that are taken."""
        stops = overview.stops.values()
        taken = StopsTaken(sum(stop.taken for stop in stops), sum(stop.stops for stop in stops))
        return self.words("{n} frames: {taken}.", n=len(stops), taken=taken.text)

    def reasons(self, change: Changed) -> str:
        """The cause of a change, and the parties that are lost with the cause of each; empty if there are none."""
        why = [] if change.cause is None else [Message("because of {cause}", {"cause": change.cause})]
        return "; ".join(map(self.words.say, (*why, *change.lost)))

    def freed(self, n: int) -> str:
        """The number of objects that have lost their frame."""
        return self.words.say(counted(n, "One object is no longer bound.", "{n} objects are no longer bound."))

    def points(self, n: int) -> str:
        """A number of points."""
        return self.words.say(counted(n, "{n} point", "{n} points"))

    def where(self, where: Where | None, view: YearView) -> str:
        """A place in the plan: "tis 2 mar, Kväll, LPO City"; in words if there is none."""
        if where is None:
            return self.words("no place")
        shift = next(shift.name for shift in view.shifts if shift.id == where.slot.shift)
        return ", ".join(part for part in (self.short_day(where.slot.day), shift, where.unit) if part)

    def option(self, option: str) -> str:
        """The option of a replan that was chosen."""
        return self.words.say(OPTION_NAMES[option]) if option in OPTION_NAMES else option

    def aim(self, level: Level) -> str:
        """A level's name."""
        return self.words.say(LEVEL_NAMES[level.id]) if level.id in LEVEL_NAMES else level.id

    def unsettled(self) -> str:
        """A warning about reasons in a plan whose search was cut off."""
        return self.words.say(UNSETTLED)

    def uncounted(self, n: int) -> str:
        """The number of operations whose fall-back slots were not counted."""
        return self.words.say(uncounted(n))

    def value(self, level: Level) -> str:
        """The meaning of a level's value."""
        n = level.value
        match level.id:
            case "musts":
                message = counted(
                    n,
                    "{n} must is unplaced",
                    "{n} musts are unplaced",
                )
                return self.words.say(message) if n else self.words("All musts are placed")
            case "points":
                message = counted(n, "Unplaced: {n} priority point", "Unplaced: {n} priority points")
                return self.words.say(message) if n else self.words("Nothing is unplaced")
            case "changes":
                message = counted(n, "{n} operation is changed", "{n} operations are changed")
                return self.words.say(message) if n else self.words("No operation is changed")
            case "points-and-changes":
                return self.words.say(
                    counted(n, "{n} point lost, with unforced changes", "{n} points lost, with unforced changes")
                )
            case "quality":
                return self.words.say(
                    counted(
                        n,
                        "Unmet wishes cost {n} penalty point",
                        "Unmet wishes cost {n} penalty points",
                    )
                )
            case _:
                return str(n)

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
