"""Tiny fillings by hand: a plan whose frames stand where a test says, and the objects that come to it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from arshjul.year.domain.calendar import Calendar, Span
from arshjul.year.domain.operation import AgencyGroup, Frame, Operation, Placement
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Settings
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.planning.verify import prices
from tests.builders import operation, placement, plan, scenario


def frame(id: str, given: Mapping[str, Any]) -> Operation:
    """An operation of the builders that is a frame, led by miljo."""
    about = given.get("frame", {})
    framed = None if about is None else Frame(_tuple(about.get("sectors")), about.get("stops", 1))
    usual = {"area": "city", "sector": "restaurant", "officers": 2, "agencies": {"miljo": 1}, "sites": ()}
    keys = ("area", "sector", "officers", "officers_least", "agencies", "days")
    own = {key: given[key] for key in keys if key in given}
    groups = tuple(AgencyGroup(tuple(agencies)) for agencies in given.get("groups", ()))
    optional = given.get("optional", {})
    return operation(id, **{**usual, **own}, optional_agencies=optional, frame=framed, any_of=groups)


def visit(given: Mapping[str, Any]) -> VisitObject:
    """An object as a case writes it."""
    window = given.get("window")
    own = {**given, "agencies": tuple(given.get("agencies", ()))}
    return VisitObject(**{**own, "window": None if window is None else Span(window["from"], window["to"])})


def _tuple(given: list[str] | None) -> tuple[str, ...] | None:
    return None if given is None else tuple(given)


def made(
    frames: Iterable[Mapping[str, Any]],
    rules: Mapping[str, int] | None = None,
    known: Iterable[Mapping[str, Any]] = (),
    bound: Mapping[str, list[str]] | None = None,
    **changed: Any,
) -> tuple[Scenario, Plan]:
    """A scenario and its first plan, as of 2027-01-01, with `bound` bound in it; `known` are its objects."""
    there = list(frames)
    settings = Settings.of(**{"freeze_days": 14, "notice_days": 14, **(rules or {})})
    objects = {one["id"]: visit(one) for one in known}
    operations = [frame(one["id"], one) for one in there]
    year = generous(scenario(operations, settings=settings, objects=objects, **changed))
    first = plan(year, [_placed(year, one) for one in there if one["date"] is not None], datetime(2027, 1, 1, 9))
    bindings = {id: tuple(ids) for id, ids in (bound or {}).items()}
    return year, replace(first, prices=prices(context_of(year, first), first), bindings=bindings)


def generous(year: Scenario) -> Scenario:
    """The scenario with officers and teams enough on every date: no rule about placements is in the way."""
    police = {id: replace(unit, officers=(OfficerLine(Matching(), 99, 99),)) for id, unit in year.police.items()}
    agencies = {id: replace(agency, teams=(TeamLine(Matching(), 99),)) for id, agency in year.agencies.items()}
    return replace(year, calendar=Calendar(), police=police, agencies=agencies)


def _placed(year: Scenario, given: Mapping[str, Any]) -> Placement:
    one = year.operations[given["id"]]
    unit = None if one.officers == 0 else "lpo-city" if one.area == "city" else "lpo-hisingen"
    day: date = given["date"]
    there = placement(given["id"], day, given.get("shift", "day"), unit, tuple(given.get("joining", ())))
    return replace(there, any_of=tuple(given.get("chosen", ())))


def moment(text: str | datetime) -> datetime:
    """A moment in the zone of the builders' scenario."""
    local = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    return local.replace(tzinfo=ZoneInfo("Europe/Stockholm"))
