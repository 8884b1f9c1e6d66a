import re
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from gettext import NullTranslations
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.errors import Message
from arshjul.year.agenda.lenders import Lender, Use
from arshjul.year.agenda.overview import Overview, TargetView, overview
from arshjul.year.domain.calendar import Avoided, Span
from arshjul.year.domain.history.stress_figures import StressFigures
from arshjul.year.domain.level import Level
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.stress import Lived, summed_up
from arshjul.year.render.page.labels import PageLabels
from arshjul.year.render.page.page import page as page_of
from arshjul.year.render.report_charts import coverage_chart, months_chart, notice_chart, shifts_chart
from arshjul.year.texts import Words
from tests.builders import swedish
from tests.conftest import Golden
from tests.examples import examples
from tests.year.render import builder
from tests.year.render.test_wheel import hostile

ENGLISH = Words("en")
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Outline(HTMLParser):
    """Reads a page as a browser would, and notes its tags, attributes and text; unbalanced tags fail."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@cache
def seen(n: int, seed: int = 1, unplaced: int = 0, revised: bool = False, stressed: bool = False) -> Overview:
    made = builder.scenario(n, seed)
    plan = builder.plan(made, seed, unplaced)
    plan = builder.replan(made, plan) if revised else plan
    figures = stress_figures(made, plan) if stressed else None
    return overview(made, plan, {p.operation: number % 9 for number, p in enumerate(plan.placements)}, 0, figures)


@cache
def outline(n: int, unplaced: int = 0, revised: bool = False, stressed: bool = False) -> Outline:
    return Outline(page_of(seen(n, unplaced=unplaced, revised=revised, stressed=stressed), swedish()))


def stress_figures(scenario: Scenario, plan: Plan) -> StressFigures:
    """Two years: in one half of the operations is held, in the other nothing changes."""
    half = Lived(frozenset(list(plan.placed)[::2]), 7, 3, Counter(list(scenario.agencies)), Counter(), 20, 9, 8)
    quiet = Lived(frozenset(plan.placed), points=30)
    outcome = summed_up(scenario, plan, [half, quiet])
    return StressFigures(years=2, seed=0, as_of=plan.as_of, option="balanced", withdrawals=23, outcome=outcome)


@given(n=st.integers(0, 40), seed=st.integers(0, 50))
@examples(6, 60)
def test_every_operation_has_one_row(n: int, seed: int) -> None:
    shown = seen(n, seed, unplaced=n // 5)
    page = page_of(replace(shown, weak=None), ENGLISH).decode()
    rows = Counter(re.findall(r'<span class="id">(OP-\d+)</span>', page))
    assert rows == {f"OP-{number:03}": 1 for number in range(1, n + 1)}


def test_the_page_is_well_formed_needs_nothing_from_outside_and_runs_nothing() -> None:
    found = outline(40, unplaced=3, revised=False)
    assert ("html", {"lang": "sv"}) in found.tags
    assert "Oplacerat, med skäl" in found.text
    found = outline(70, unplaced=3, revised=True, stressed=True)
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"script", "link", "iframe", "object", "embed", "form", "base", "img"}
    links = [attrs["href"] or "" for _, attrs in found.tags if "href" in attrs]
    ids = {attrs["id"] for _, attrs in found.tags if "id" in attrs}
    beside = {"wheel.svg", "wheel-public.svg"}  # in the same folder
    assert {link[1:] for link in links if link not in beside} <= ids
    assert all(link.startswith("#") or link in beside for link in links)
    (policy,) = [attrs["content"] or "" for _, attrs in found.tags if "http-equiv" in attrs]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    page = page_of(seen(40), swedish()).decode()
    ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + len("</svg>")])


def test_ids_are_used_once_tables_have_captions_and_headings_are_nested() -> None:
    found = outline(70, unplaced=3, revised=True, stressed=True)
    ids = Counter(attrs["id"] for _, attrs in found.tags if "id" in attrs)
    assert set(ids.values()) == {1}
    refs = {ref for _, attrs in found.tags for ref in (attrs.get("aria-labelledby") or "").split()}
    assert refs <= set(ids)
    found = outline(70, unplaced=3, revised=True, stressed=True)
    count = Counter(tag for tag, _ in found.tags)
    assert count["table"] == count["caption"] > 10
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in found.tags if tag == "th")
    found = outline(70, unplaced=3, revised=True, stressed=True)
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_what_drawn_years_did_is_a_picture_and_stands_in_words() -> None:
    made = page_of(seen(40, stressed=True), swedish()).decode()
    section = made[made.index('<section id="stressed"') :]
    picture = ElementTree.fromstring(section[section.index("<svg") : section.index("</svg>") + len("</svg>")])
    bars = [part for part in picture if part.get("class") == "bar"]
    text = Outline(f"<div>{section[: section.index('</section>')]}</section></div>".encode()).text
    assert len(bars) == len(re.findall(r"(?m)^ *[A-Z][a-z]+ 2027: ", text))
    assert "bygger på 23 avbokningar" in text
    assert "1 svar av 9 är inte bevisat bästa" in text or "ett svar av 9" in text.lower()
    assert 'id="stressed"' not in page_of(seen(40), swedish()).decode()


def test_hostile_words_stay_text() -> None:
    plain = builder.scenario(60)
    made = hostile(plain)
    pages = [
        Outline(page_of(overview(which, builder.replan(which, builder.plan(which, unplaced=2)), {}), swedish()))
        for which in (plain, made)
    ]
    assert {tag for tag, _ in pages[1].tags} <= {tag for tag, _ in pages[0].tags}
    assert "alert(1)" in pages[1].text
    assert not [name for _, attrs in pages[1].tags for name in attrs if name.startswith("on")]


def test_no_site_reaches_the_page() -> None:
    made = builder.with_sites(builder.scenario(60))
    page = page_of(overview(made, builder.replan(made, builder.plan(made, unplaced=3)), {}), swedish())
    assert builder.CANARY.encode() not in page


def test_targets_stand_in_a_table_of_their_own_where_there_are_any() -> None:
    assert 'id="targets"' not in page_of(seen(20), ENGLISH).decode()
    year = Span(date(2027, 1, 1), date(2027, 6, 30))
    shown = replace(seen(20), targets=(TargetView("Krogar <i>", year, 1, 3), TargetView("Bygg", year, 4, 2)))
    page = page_of(shown, swedish()).decode()
    table = re.sub(r"\s+", " ", page[page.index('<section id="targets"') : page.index('<section id="use"')])
    rows = re.findall(r"<tr> (.*?) </tr>", table)
    assert [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows] == [
        ["Mål", "Datum", "Placerade", "av", "Saknas"],
        ["Krogar &lt;i&gt;", "1 januari–30 juni 2027", "1", "3", "2"],
        ["Bygg", "1 januari–30 juni 2027", "4", "2", ""],
    ]
    outline = Outline(page.encode())
    assert {attrs.get("href") for _, attrs in outline.tags} >= {"#targets"}


def test_a_date_that_had_better_be_avoided_says_why_in_the_list_and_the_wheel_explains_its_colour() -> None:
    made = builder.scenario(3)
    plan = builder.plan(made)
    day = plan.placements[0].slot.day
    avoided = replace(made.calendar, avoid=(Avoided(Span(day, day)),))
    pages = [
        page_of(overview(scenario, plan), swedish()).decode() for scenario in (made, replace(made, calendar=avoided))
    ]
    said = ['<span class="tag">undviks helst</span>', "Dagar att undvika", 'class="avoided"']
    assert [[text in page for text in said] for page in pages] == [[False] * 3, [True] * 3]


def test_a_first_plan_speaks_of_no_changes_and_what_is_without_police_is_counted_apart() -> None:
    outline = Outline(page_of(replace(seen(20), weak=None), ENGLISH))
    assert "Must be told" not in outline.text
    assert "Weak points" not in outline.text
    assert "Weak points" in Outline(page_of(replace(seen(20), weak=()), ENGLISH)).text
    made = builder.scenario(3)
    bare = replace(made.operations["OP-001"], officers=0)
    made = replace(made, operations={**made.operations, "OP-001": bare})
    page = " ".join(Outline(page_of(overview(made, builder.plan(made)), ENGLISH)).text.split())
    assert "1 without police" in page
    assert "2 operations with police" in page


def test_values_proofs_and_dates_are_told_in_words() -> None:
    for level, said in [
        (
            Level("musts", 0, 0, ("cp-sat", "highs")),
            "Proven by the solver CP-SAT and the solver HiGHS: no plan is better.",
        ),
        (Level("changes", 3, 3, ("counting",)), "Proven by counting: no plan is better."),
        (
            Level("quality", 3, 3, ("duals", "highs")),
            "Proven by linear programming and the solver HiGHS: no plan is better.",
        ),
        (Level("points", 4, 4), "Proven: no plan is better."),
        (Level("points", 4, 2), "Not proven to be best: at most 2 more priority points could fit."),
        (Level("quality", 4, None), "Nothing is proven yet."),
    ]:
        assert PageLabels(ENGLISH).proof(level, [level]) == said
    for language in (ENGLISH, swedish()):
        for id in ("counting", "duals", "cp-sat", "highs", "duals+highs"):
            level = Level("quality", 3, 3, (id,))
            assert not re.search(r"\b(duals|cp-sat|highs)\b", PageLabels(language).proof(level, [level]))
    for level, said in [
        (Level("musts", 0, 0), "Alla måsten är placerade"),
        (Level("musts", 2, 0), "2 måsten är oplacerade"),
        (Level("points", 13, 13), "Oplacerat: 13 prioritetspoäng"),
        (Level("changes", 1, 1), "1 insats är ändrad"),
        (Level("of-another-version", 7, 7), "7"),
    ]:
        assert PageLabels(swedish()).value(level) == said
    for first, last, said in [
        (date(2027, 3, 2), date(2027, 3, 2), "tis_2_mar"),
        (date(2027, 3, 2), date(2027, 3, 3), "tis+–+ons 2+–+3_mar"),
        (date(2027, 3, 31), date(2027, 4, 1), "ons_31_mar–tor_1_apr"),
    ]:
        assert PageLabels(swedish()).dates(first, last) == said.replace("_", "\N{NO-BREAK SPACE}").replace(
            "+", "\N{WORD JOINER}"
        )


class Missing(NullTranslations):
    """A catalogue that notes what it was asked for and does not have."""

    def __init__(self, known: NullTranslations) -> None:
        super().__init__()
        self.known, self.missing = known, set[str]()

    def gettext(self, message: str) -> str:
        told = self.known.gettext(message)
        if told == message:
            self.missing.add(message)
        return told

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        told = self.known.ngettext(msgid1, msgid2, n)
        if told == (msgid1 if n == 1 else msgid2):
            self.missing.add(msgid1)
        return told


# The same word in both languages, and the builder's own reasons and prices
SAME = {"Status", "Plan {name}", "{rule}"}
MADE_UP = {
    "{unit} offers too few officers",
    "{agency} has no team left",
    "{operation} lies outside the period preferred for it",
    "{agency} has an uneven month",
}


def test_every_sentence_of_the_page_is_there_in_swedish() -> None:
    catalogue = Missing(swedish().catalogue)
    words = Words("sv", catalogue)
    full = seen(70, unplaced=3, revised=True)
    musts = tuple(
        Level(id, n, bound)
        for id in ("musts", "changes", "points-and-changes")
        for n, bound in ((0, 0), (2, 1), (3, None))
    )
    for shown in (
        full,
        overview(*builder.fuller()),
        seen(0),
        replace(full, levels=musts, weak=()),
        seen(3, unplaced=3),
    ):
        page_of(shown, words)
    assert catalogue.missing <= SAME | MADE_UP | {str(cost.name) for cost in full.costs}


@pytest.mark.parametrize(("language", "words"), [("sv", swedish()), ("en", ENGLISH)])
def test_golden(golden: Golden, language: str, words: Words) -> None:
    golden(f"page-{language}.html", page_of(seen(12, unplaced=1), words))


def test_golden_of_fuller_situations(golden: Golden) -> None:
    made = page_of(overview(*builder.fuller()), swedish())
    assert builder.CANARY.encode() not in made
    golden("page-fuller-sv.html", made)


def test_every_change_on_the_page_has_its_cause() -> None:
    full = seen(70, unplaced=3, revised=True)
    assert full.revised is not None
    causes = [change.cause for change in full.revised.changed if change.cause is not None]
    assert causes
    assert page_of(full, swedish()).decode().count("på grund av") >= len(causes)


# The pictures of a report: what they draw is what they are told, and it stands in them as text.


MONTHS = {date(2027, 1, 1): (40, 20), date(2027, 2, 1): (0, 0)}


def drawn(chart: str, kind: str) -> list[Element]:
    return [element for element in fromstring(chart).iter("rect") if element.get("class") == kind]


def written(chart: str) -> list[str]:
    return [element.text or "" for element in fromstring(chart).iter("text")]


def test_a_bar_is_filled_as_far_as_its_number_and_no_figure_covers_another() -> None:
    chart = months_chart(MONTHS, words("sv"))
    (planned,), (done,) = (drawn(chart, kind) for kind in ("planned", "done"))
    assert float(planned.get("height", "")) == 2 * float(done.get("height", "")) > 0
    assert {"40", "20", "jan", "feb"} == set(written(chart)), "each number once, and none for nothing"
    # Months with all, some and none of what was planned carried out, beside one that has the most.
    for most in [1, 4, 9, 40, 2500]:
        low = max(1, most // 40)
        months = {
            date(2027, n, 1): counts for n, counts in enumerate(((most, low), (low, low), (most, 0), (low, 0)), 1)
        }
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
    for name in ["LPO", "Polisområde Fyrbodal och Norra Älvsborg samt Dalsland"]:
        root = fromstring(shifts_chart([(name, 41, 44), ("B", 3, 9)], words("sv")))
        for element in root.iter("text"):
            x, wide = float(element.get("x", "")), 7.2 * len(element.text or "")
            assert x - wide > -20 if element.get("class") == "end" else x + wide < 365


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


def test_the_legend_of_a_coverage_names_what_is_in_it_and_none_of_it_is_cut() -> None:
    plain = Lender("a", "A", (Use(1, 2, 1),), Use(1, 2, 1))
    short = Lender("b", "B", (Use(1, 2, 3, 1),), Use(1, 2, 3, 1))
    month = [date(2027, 1, 1)]
    for said in ("med valfria", "behövs utöver erbjudet"):
        assert said not in written(coverage_chart([plain], month, words("sv")))
        assert said in written(coverage_chart([plain, short], month, words("sv")))
    for n_months in [1, 3, 12]:
        for language in ["sv", "en"]:
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
            assert (
                min(heads)
                > max(float((element.get("transform") or "")[:-1].split()[1]) for element in root.iter("g")) + 14
            )


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
