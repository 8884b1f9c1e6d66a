"""The pictures of a report: what they draw is what they are told, and it stands in them as text."""

from datetime import date
from xml.etree.ElementTree import Element, fromstring

from arshjul.agenda.lenders import Lender, Use
from arshjul.formats.catalogues import words
from arshjul.render.report_charts import MonthCounts, coverage_chart, months_chart

MONTHS = [MonthCounts(date(2027, month, 1), *counts) for month, counts in ((1, (40, 20, 10)), (2, (0, 0, 0)))]


def drawn(chart: str, kind: str) -> list[Element]:
    return [one for one in fromstring(chart).iter("rect") if one.get("class") == kind]


def written(chart: str) -> list[str]:
    return [one.text or "" for one in fromstring(chart).iter("text")]


def test_a_bar_is_as_high_as_its_number() -> None:
    chart = months_chart(MONTHS, words("sv"))
    (planned,), (done,), (off,) = (drawn(chart, kind) for kind in ("planned", "done", "off"))
    heights = [float(one.get("height", "")) for one in (planned, done, off)]
    assert heights[0] == 2 * heights[1] == 4 * heights[2] > 0
    assert {"40", "20", "10", "jan", "feb"} <= set(written(chart))


def test_no_bar_passes_the_top_line_whatever_its_number() -> None:
    for most in (1, 4, 5, 9, 21, 99, 101, 2500):
        chart = months_chart([MonthCounts(date(2027, 1, 1), 1, 1, most)], words("sv"))
        (bar,) = drawn(chart, "off")
        lines = [float(one.get("y1", "")) for one in fromstring(chart).iter("line")]
        assert min(lines) <= float(bar.get("y", "")) < max(lines), most


def test_a_party_has_a_bar_for_each_month_and_its_figures_in_words() -> None:
    uses = (Use(3, 12), Use(0, 4), Use(0, 0), Use(5, 4))
    lender = Lender("Miljö & hälsa <i>", uses, Use(8, 20))
    months = [date(2027, 11, 1), date(2027, 12, 1), date(2028, 1, 1), date(2028, 2, 1)]
    chart = coverage_chart([lender], months, words("sv"))
    assert written(chart) == [
        *("nov 27", "dec 27", "jan 28", "feb 28", "totalt"),
        *("Miljö & hälsa <i>", "3/12", "0/4", "–", "5/4", "8/20"),
    ]
    offered = float(drawn(chart, "offered")[0].get("width", ""))
    assert [float(one.get("width", "")) for one in drawn(chart, "done")] == [offered / 4, offered * 0.4]
    assert [float(one.get("width", "")) for one in drawn(chart, "off")] == [offered], "more than is offered"


def test_a_picture_has_a_title_for_who_does_not_see_it() -> None:
    for chart, said in (
        (months_chart(MONTHS, words("sv")), "Insatser månad för månad"),
        (coverage_chart([], [], words("en")), "What each party gives"),
    ):
        root = fromstring(chart)
        assert root.get("role") == "img"
        assert (root.get("aria-label") or "").startswith(said)
        title = root.find("title")
        assert title is not None
        assert title.text == root.get("aria-label")
