"""The differences of two scenarios as a preview shows them come in the scenario's order, whatever hashes are."""

from dataclasses import replace
from datetime import date

from arshjul.domain.calendar import Span
from arshjul.domain.heard_log import HeardLog
from arshjul.domain.operation import Site
from arshjul.formats.workbook.differences import cell_changes
from arshjul.texts import Words
from tests.builders import operation, scenario

IDS = [f"OP-{n}" for n in range(30, 0, -1)]


def test_sites_that_differ_are_told_in_the_order_of_the_operations() -> None:
    before = [operation(id) for id in IDS]
    after = [replace(one, sites=(*one.sites, Site("2027-0013"))) for one in before]
    told = [one.id for one in cell_changes(scenario(before), scenario(after), Words()) if one.key == "sites"]
    assert told == IDS


def test_another_year_s_dates_are_told_though_they_have_no_id() -> None:
    before = replace(scenario([]), history=(HeardLog(Span(date(2025, 1, 1), date(2025, 12, 31)), ()),))
    after = replace(before, history=(HeardLog(Span(date(2026, 1, 1), date(2026, 12, 31)), ()),))
    told = [(one.old, one.new) for one in cell_changes(before, after, Words("en"))]
    assert told == [
        ("From Wednesday 1 January 2025, To Wednesday 31 December 2025", ""),
        ("", "From Thursday 1 January 2026, To Thursday 31 December 2026"),
    ]
