"""The most team shifts of an agency in a week and in a month."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta

from arshjul.errors import Message
from arshjul.year.domain.calendar import Span, Week, month_of, week_of
from arshjul.year.domain.parties import Agency
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.builder import BoardBuilder, Subject, Sum
from arshjul.year.rules.rule import Breach, Loosening, Rule, excess
from arshjul.year.texts import Month, counted


class AgencyLoad(Rule):
    """An agency's team shifts stay within its limit of the ISO week and of the calendar month.

    A team at an operation is one team shift, on each of its dates. A week or month with a date of `load_exceptions` has
    the larger limit. Source: docs/formats.md#rules.
    """

    id = "agency-load"
    title = Message("agencies' load")
    name = Message("an agency's team shifts of the week or month are used up")

    def looser(self, scenario: Scenario, within: Collection[Span]) -> Iterator[Loosening]:
        """One team shift more of each agency in every week and month that has a limit."""
        for id, agency in scenario.agencies.items():
            if agency.team_shifts_per_week is not None or agency.team_shifts_per_month is not None:
                text = Message("One more team shift of {party} per limited week and month", {"party": agency.name})
                yield Loosening(id, text, _one_more(id))

    def shortage(self, context: ReplanContext, subject: Subject, missing: int) -> Message:
        agency = context.scenario.agencies[subject.party or ""].name
        if subject.week is not None:
            values = {"agency": agency, "week": subject.week.number, "year": str(subject.week.year)}
            return Message("{agency} has no team shift left in week {week} of {year}", values)
        month = None if subject.month is None else Month(subject.month)
        return Message("{agency} has no team shift left in {month}", {"agency": agency, "month": month})

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A row for each limited agency and week or month."""
        sums: dict[tuple[str, Week | date], Sum] = defaultdict(Sum)
        agencies, year = context.scenario.agencies, context.slots.year
        for mode in builder.all_modes():
            for agency, teams in mode.operation.agencies.items():
                if agencies[agency].team_shifts_per_week is not None:
                    for column, day in mode.on_dates():
                        sums[agency, year.weeks[day]].add(mode, column, teams)
                if agencies[agency].team_shifts_per_month is not None:
                    for column, day in mode.on_dates():
                        sums[agency, year.firsts_of_months[day]].add(mode, column, teams)
        for (agency, period), total in sums.items():
            if isinstance(period, Week):
                limit, subject = agencies[agency].week_limit(week_of(period.monday)), Subject(agency, week=period)
            else:
                limit, subject = agencies[agency].month_limit(month_of(period)), Subject(agency, month=period)
            builder.limit(self.id, total, limit or 0, subject)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        weeks: dict[str, dict[tuple[int, int], Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        months: dict[str, dict[tuple[int, int], Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for placement in plan.placements:
            operation = context.scenario.operations.get(placement.operation)
            sent = {} if operation is None else operation.sent(placement.any_of)
            for day, _ in context.scenario.slots(placement):
                year, week, _ = day.isocalendar()
                for agency_id, teams in sent.items():
                    weeks[agency_id][year, week][placement.operation] += teams
                    months[agency_id][day.year, day.month][placement.operation] += teams
        for agency in context.scenario.agencies.values():
            for usual, key, periods in (
                (agency.team_shifts_per_week, "team_shifts_per_week", weeks[agency.id]),
                (agency.team_shifts_per_month, "team_shifts_per_month", months[agency.id]),
            ):
                for period, there in periods.items() if usual is not None else ():
                    limit = max(usual or 0, _raised(agency, key, _dates(key, *period)))
                    used = excess(context, there, limit)
                    if used is not None:
                        text = counted(
                            used,
                            "{agency} would have one team shift, none is agreed",
                            "{agency} would have {n} team shifts, {limit} agreed",
                            agency=agency.name,
                            limit=limit,
                        )
                        yield Breach(self.id, tuple(there), text)


def _one_more(id: str) -> Callable[[Scenario], Scenario]:
    def make(scenario: Scenario) -> Scenario:
        agency = scenario.agencies[id]
        raised = {
            key: usual + 1
            for key in ("team_shifts_per_week", "team_shifts_per_month")
            if (usual := getattr(agency, key)) is not None
        }
        exceptions = tuple(
            replace(exception, limits={key: limit + 1 for key, limit in exception.limits.items()})
            for exception in agency.load_exceptions
        )
        made = replace(agency, load_exceptions=exceptions, **raised)
        return replace(scenario, agencies={**scenario.agencies, id: made})

    return make


def _dates(key: str, year: int, number: int) -> list[date]:
    if key == "team_shifts_per_week":
        return [date.fromisocalendar(year, number, weekday) for weekday in range(1, 8)]
    month = [date(year, number, 1) + timedelta(days=n) for n in range(31)]
    return [day for day in month if day.month == number]


def _raised(agency: Agency, key: str, dates: list[date]) -> int:
    raised = (
        exception.limits.get(key, 0) for exception in agency.load_exceptions for day in dates if day in exception.span
    )
    return max(raised, default=0)
