"""The pictures of a report: what they draw is what they are told, and it stands in them as text."""

from datetime import date
from xml.etree.ElementTree import Element, fromstring

import pytest

from arshjul.errors import Message
from arshjul.year.agenda.lenders import Lender, Use
from arshjul.year.formats.catalogues import words
from arshjul.year.render.report_charts import coverage_chart, months_chart, notice_chart, shifts_chart

MONTHS = {date(2027, 1, 1): (40, 20), date(2027, 2, 1): (0, 0)}


def drawn(chart: str, kind: str) -> list[Element]:
    return [element for element in fromstring(chart).iter("rect") if element.get("class") == kind]


def written(chart: str) -> list[str]:
    return [element.text or "" for element in fromstring(chart).iter("text")]


def test_a_bar_is_filled_as_far_as_its_number_and_both_stand_on_it() -> None:
    chart = months_chart(MONTHS, words("sv"))
    (planned,), (done,) = (drawn(chart, kind) for kind in ("planned", "done"))
    assert float(planned.get("height", "")) == 2 * float(done.get("height", "")) > 0
    assert {"40", "20", "jan", "feb"} == set(written(chart)), "each number once, and none for nothing"


@pytest.mark.parametrize("most", [1, 4, 9, 40, 2500])
def test_no_figure_covers_another_however_low_the_bars(most: int) -> None:
    """Months with all, some and none of what was planned carried out, beside one that has the most."""
    low = max(1, most // 40)
    months = {date(2027, n, 1): counts for n, counts in enumerate(((most, low), (low, low), (most, 0), (low, 0)), 1)}
    root = fromstring(months_chart(months, words("sv")))
    places = [(float(element.get("x", "")), float(element.get("y", ""))) for element in root.iter("text")]
    for n, (x, y) in enumerate(places):
        assert 0 < y <= 172
        assert all(abs(x - other) > 10 or abs(y - below) >= 11 for other, below in places[:n])


def test_notice_and_shifts_are_bars_as_long_as_their_numbers_with_the_figure_behind() -> None:
    groups = [(Message("same day"), 4, True), (Message("28 days or more"), 8, False), (Message("1 to 6 days"), 0, True)]
    chart = notice_chart(groups, words("sv"))
    (short,), (long,) = (drawn(chart, kind) for kind in ("off", "done"))
    assert float(long.get("width", "")) == 2 * float(short.get("width", "")) > 0
    assert written(chart) == ["samma dag", "4", "28 dagar eller mer", "8", "1–6 dagar", "0"]
    units = [(f"LPO {n}", n, 10 + n) for n in range(7)]
    shown = written(shifts_chart(units, words("sv")))
    assert shown[::2] == ["LPO 6", "LPO 5", "LPO 4", "LPO 3", "3 till"]
    assert shown[1::2] == ["6 av 16", "5 av 15", "4 av 14", "3 av 13", "3 av 33"], "nothing is left out of the sum"


@pytest.mark.parametrize("name", ["LPO", "Polisområde Fyrbodal och Norra Älvsborg samt Dalsland"])
def test_no_text_of_a_row_leaves_the_picture(name: str) -> None:
    root = fromstring(shifts_chart([(name, 41, 44), ("B", 3, 9)], words("sv")))
    for element in root.iter("text"):
        x, long = float(element.get("x", "")), 7.2 * len(element.text or "")
        assert x - long > -20 if element.get("class") == "end" else x + long < 365


def test_a_party_has_a_cell_for_each_month_and_its_figures_in_words() -> None:
    uses = (Use(3, 12, 6), Use(0, 4), Use(0, 0), Use(5, 4, 8.4, 2.4))
    lender = Lender("miljo", "Miljö & hälsa <i>", uses, Use(8, 20, 14.4, 2.4))
    months = [date(2027, 11, 1), date(2027, 12, 1), date(2028, 1, 1), date(2028, 2, 1)]
    chart = coverage_chart([lender], months, words("sv"))
    assert written(chart)[-15:] == [
        *("nov 27", "dec 27", "jan 28", "feb 28", "totalt"),
        "Miljö & hälsa <i>",
        *("3/12", "6", "0/4", "0", "–", "5/4", "▲8+2", "8/20", "14+2"),
    ]
    high = [float(element.get("height", "")) for element in drawn(chart, "offered")[1:]]  # the first is of the legend
    assert high == [32, pytest.approx(32 / 3, abs=0.1), pytest.approx(32 / 3, abs=0.1), 32]
    assert [float(element.get("height", "")) for element in drawn(chart, "done")[1:]] == [8, pytest.approx(32 * 8 / 20)]
    assert len(drawn(chart, "off")) == 1, "more than is offered"
    needed = [element for element in fromstring(chart).iter("line") if element.get("class") == "asked"][1:]
    foot = float(drawn(chart, "offered")[1].get("y", "")) + high[0]
    assert foot - float(needed[0].get("y1", "")) == 16


def test_the_legend_of_a_coverage_names_what_is_in_it() -> None:
    plain = Lender("a", "A", (Use(1, 2, 1),), Use(1, 2, 1))
    short = Lender("b", "B", (Use(1, 2, 3, 1),), Use(1, 2, 3, 1))
    month = [date(2027, 1, 1)]
    for said in ("med valfria", "behövs utöver erbjudet"):
        assert said not in written(coverage_chart([plain], month, words("sv")))
        assert said in written(coverage_chart([plain, short], month, words("sv")))


@pytest.mark.parametrize("n_months", [1, 3, 12])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_text_of_the_legend_is_cut_at_the_right(n_months: int, language: str) -> None:
    use = Use(1, 2, 3, 1)
    months = [date(2027, month, 1) for month in range(1, n_months + 1)]
    root = fromstring(coverage_chart([Lender("b", "B", (use,) * n_months, use)], months, words(language)))
    width, tops = float(root.get("width", "")), [float(element.get("y", "")) for element in root.iter("text")]
    for sign in root.iter("g"):
        left, top = map(float, (sign.get("transform") or "")[len("translate(") : -1].split())
        (text,) = [element for element in sign.iter("text") if element.text != "▲"]
        assert left + float(text.get("x", "")) + 6.2 * len(text.text or "") <= width, text.text
        assert top + 14 < max(tops), "above the rows"
    heads = [float(element.get("y", "")) for element in root.iter("text") if element.get("class") == "middle"]
    assert min(heads) > max(float((element.get("transform") or "")[:-1].split()[1]) for element in root.iter("g")) + 14


def test_a_picture_has_a_title_for_who_does_not_see_it() -> None:
    for chart, said in (
        (months_chart(MONTHS, words("sv")), "Insatser planerade och genomförda per månad: jan 40 och 20"),
        (coverage_chart([], [], words("en")), "Needed, offered and used"),
    ):
        root = fromstring(chart)
        assert root.get("role") == "img"
        assert (root.get("aria-label") or "").startswith(said)
        title = root.find("title")
        assert title is not None
        assert title.text == root.get("aria-label")
