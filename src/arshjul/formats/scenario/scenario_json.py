"""scenario.json: a scenario whole, its sites and holidays in it, in contract 1's shape.

The way back is `scenario.scenario_of`. What has its default is left out, except numbers that a reader
would look for, so that the file stays readable and the same scenario gives the same bytes.
"""

from collections.abc import Iterable
from datetime import date, time

from arshjul.domain.calendar import WEEKDAY_IDS, Calendar, Shift, Span
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Agency, Area, Matching, OfficerLine, PoliceUnit
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Cycle, Meeting, Milestone
from arshjul.rules import SETTINGS

FORMAT = "arshjul-scenario/1"
Json = dict[str, object]


def scenario_mapping(scenario: Scenario) -> Json:
    """The scenario in the contract's keys, and `format` and `holidays` besides. Withdrawals are the plan's."""
    return {
        "format": FORMAT,
        "plan": {
            "name": scenario.name,
            "from": str(scenario.span.first),
            "to": str(scenario.span.last),
            "timezone": scenario.timezone,
            "language": scenario.language,
        },
        "calendar": _calendar(scenario.calendar),
        "holidays": {str(day): name for day, name in sorted(scenario.calendar.holidays.items())},
        "shifts": [_shift(shift) for shift in scenario.shifts],
        "names": dict(scenario.names),
        "areas": [_area(area) for area in scenario.areas.values()],
        "police": [_unit(unit) for unit in scenario.police.values()],
        "agencies": [_agency(agency) for agency in scenario.agencies.values()],
        "operations": [operation_mapping(operation) for operation in scenario.operations.values()],
        "rules": given(**{setting.key: scenario.settings[setting] for setting in SETTINGS}),
        "objective": {
            "priority_points": {
                str(priority): points for priority, points in sorted(scenario.objective.priority_points.items())
            },
            "change_points": scenario.objective.change_points,
            "prices": dict(sorted(scenario.objective.prices.items())),
        },
        "cycle": _cycle(scenario.cycle),
    }


def given(**values: object) -> Json:
    """The values that are not None; a trailing underscore is no part of a key."""
    return {key.rstrip("_"): value for key, value in values.items() if value is not None}


def span_mapping(span: Span) -> Json:
    """`{from, to}`."""
    return {"from": str(span.first), "to": str(span.last)}


def _dates(spans: Iterable[Span]) -> list[object]:
    return [str(span.first) if span.first == span.last else span_mapping(span) for span in spans]


def _weekdays(weekdays: Iterable[int]) -> list[str]:
    return [WEEKDAY_IDS[weekday] for weekday in sorted(weekdays)]


def _clock(clock: time | None) -> str | None:
    return None if clock is None else f"{clock:%H:%M}"


def _calendar(calendar: Calendar) -> Json:
    return given(
        country=calendar.country,
        closed_weekdays=_weekdays(calendar.closed_weekdays),
        closed=_dates(calendar.closed),
        open=_dates(calendar.opened),
    )


def _shift(shift: Shift) -> Json:
    return {"id": shift.id, "name": shift.name, "start": _clock(shift.start), "end": _clock(shift.end)}


def _area(area: Area) -> Json:
    return {"id": area.id, "name": area.name, "neighbours": list(area.neighbours)}


def _when(when: Matching) -> Json:
    return given(
        weekdays=None if when.weekdays is None else _weekdays(when.weekdays),
        shift=when.shift,
        from_=_day(when.first),
        to=_day(when.last),
    )


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)


def _officers(line: OfficerLine) -> Json:
    values = given(officers=line.officers, designated=line.designated, at_most=line.at_most or None)
    return _when(line.when) | values


def _unit(unit: PoliceUnit) -> Json:
    return given(
        id=unit.id,
        name=unit.name,
        kind=unit.kind,
        areas=list(unit.areas),
        contact=unit.contact,
        officers=[_officers(line) for line in unit.officers],
        officer_shifts_per_month=unit.officer_shifts_per_month,
        often_withdrawn=[_when(line.when) | {"of_ten": line.of_ten} for line in unit.often_withdrawn],
    )


def _agency(agency: Agency) -> Json:
    lines = [_when(line.when) | given(teams=line.teams, at_most=line.at_most or None) for line in agency.teams]
    return given(
        id=agency.id,
        name=agency.name,
        unit=agency.unit,
        kind=agency.kind,
        contact=agency.contact,
        teams=lines,
        staff_teams=agency.staff_teams,
        team_shifts_per_week=agency.team_shifts_per_week,
        team_shifts_per_month=agency.team_shifts_per_month,
    )


def operation_mapping(operation: Operation) -> Json:
    """The operation in the contract's keys, its sites in it."""
    after, fixed = operation.after, operation.fixed
    return given(
        id=operation.id,
        title=operation.title,
        programme=operation.programme,
        lead_agency=operation.lead_agency,
        sector=operation.sector,
        area=operation.area,
        priority=operation.priority,
        must=operation.must,
        officers=operation.officers,
        designated=operation.designated,
        police=_ids(operation.police),
        agencies=dict(operation.agencies),
        optional_agencies=dict(operation.optional_agencies),
        interest=dict(operation.interest),
        window=_span(operation.window),
        shifts=_ids(operation.shifts),
        weekdays=None if operation.weekdays is None else _weekdays(operation.weekdays),
        not_on=_dates(operation.not_on),
        preferred=_span(operation.preferred),
        nominated_on=_day(operation.nominated_on),
        after=None
        if after is None
        else given(operation=after.operation, min_days=after.min_days, max_days=after.max_days),
        not_same_day_as=list(operation.not_same_day_as),
        same_slot_as=operation.same_slot_as,
        fixed=None if fixed is None else {"date": str(fixed.day), "shift": fixed.shift},
        short_notice=operation.short_notice,
        sites=[{"ref": site.ref, "name": site.name, "address": site.address} for site in operation.sites],
    )


def _ids(ids: Iterable[str] | None) -> list[str] | None:
    return None if ids is None else list(ids)


def _span(span: Span | None) -> Json | None:
    return None if span is None else span_mapping(span)


def _cycle(cycle: Cycle) -> Json:
    return {
        "milestones": [_milestone(milestone) for milestone in cycle.milestones],
        "meetings": [_meeting(meeting) for meeting in cycle.meetings],
    }


def _milestone(milestone: Milestone) -> Json:
    days = {"days_after": milestone.days} if milestone.comes_after else {"days_before": -milestone.days}
    timed = given(start=_clock(milestone.start), minutes=milestone.minutes)
    return {"id": milestone.id, "name": milestone.name, **days, **timed}


def _meeting(meeting: Meeting) -> Json:
    return given(
        id=meeting.id,
        name=meeting.name,
        dates=[str(day) for day in meeting.dates],
        start=_clock(meeting.start),
        minutes=meeting.minutes,
        agencies="all" if meeting.agencies == "all" else list(meeting.agencies),
    )
