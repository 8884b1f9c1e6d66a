import re
from collections import Counter
from dataclasses import replace
from datetime import date
from gettext import NullTranslations
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.agenda.overview import Overview, TargetView, overview
from arshjul.year.domain.calendar import Avoided, Span
from arshjul.year.domain.history.stress_figures import StressFigures
from arshjul.year.domain.level import Level
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.stress import Lived, summed_up
from arshjul.year.render.page.labels import PageLabels
from arshjul.year.render.page.page import page as page_of
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


def seen(n: int, seed: int = 1, unplaced: int = 0, revised: bool = False, stressed: bool = False) -> Overview:
    made = builder.scenario(n, seed)
    plan = builder.plan(made, seed, unplaced)
    plan = builder.replan(made, plan) if revised else plan
    figures = stress_figures(made, plan) if stressed else None
    return overview(made, plan, {p.operation: number % 9 for number, p in enumerate(plan.placements)}, 0, figures)


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


def test_the_page_is_well_formed_and_in_its_language() -> None:
    outline = Outline(page_of(seen(40, unplaced=3, revised=False), swedish()))
    assert ("html", {"lang": "sv"}) in outline.tags
    assert "Oplacerat, med skäl" in outline.text


def test_the_same_overview_gives_the_same_bytes() -> None:
    assert page_of(seen(60), swedish()) == page_of(seen(60), swedish())


def test_it_needs_nothing_from_outside_and_runs_nothing() -> None:
    outline = Outline(page_of(seen(70, unplaced=3, revised=True, stressed=True), swedish()))
    tags = {tag for tag, _ in outline.tags}
    assert not tags & {"script", "link", "iframe", "object", "embed", "form", "base", "img"}
    links = [attrs["href"] or "" for _, attrs in outline.tags if "href" in attrs]
    ids = {attrs["id"] for _, attrs in outline.tags if "id" in attrs}
    beside = {"wheel.svg", "wheel-public.svg"}  # in the same folder
    assert {link[1:] for link in links if link not in beside} <= ids
    assert all(link.startswith("#") or link in beside for link in links)
    (policy,) = [attrs["content"] or "" for _, attrs in outline.tags if "http-equiv" in attrs]
    assert "default-src 'none'" in policy
    assert "script" not in policy


def test_ids_are_used_once() -> None:
    outline = Outline(page_of(seen(70, unplaced=3, revised=True, stressed=True), swedish()))
    ids = Counter(attrs["id"] for _, attrs in outline.tags if "id" in attrs)
    assert set(ids.values()) == {1}
    refs = {ref for _, attrs in outline.tags for ref in (attrs.get("aria-labelledby") or "").split()}
    assert refs <= set(ids)


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


def test_the_wheel_in_the_page_is_well_formed_svg() -> None:
    page = page_of(seen(40), swedish()).decode()
    ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + len("</svg>")])


def test_tables_have_captions_and_their_heads_a_scope() -> None:
    outline = Outline(page_of(seen(70, unplaced=3, revised=True, stressed=True), swedish()))
    count = Counter(tag for tag, _ in outline.tags)
    assert count["table"] == count["caption"] > 10
    assert all(attrs.get("scope") in ("row", "col") for tag, attrs in outline.tags if tag == "th")


def test_headings_are_nested_without_a_step_left_out() -> None:
    outline = Outline(page_of(seen(70, unplaced=3, revised=True, stressed=True), swedish()))
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


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


def test_a_first_plan_speaks_of_no_changes_and_uncounted_fall_backs_of_no_weak_points() -> None:
    outline = Outline(page_of(replace(seen(20), weak=None), ENGLISH))
    assert "Must be told" not in outline.text
    assert "Weak points" not in outline.text
    assert "Weak points" in Outline(page_of(replace(seen(20), weak=()), ENGLISH)).text


def test_what_is_placed_without_police_is_counted_apart() -> None:
    made = builder.scenario(3)
    bare = replace(made.operations["OP-001"], officers=0)
    made = replace(made, operations={**made.operations, "OP-001": bare})
    page = " ".join(Outline(page_of(overview(made, builder.plan(made)), ENGLISH)).text.split())
    assert "1 without police" in page
    assert "2 operations with police" in page


@pytest.mark.parametrize(
    ("level", "said"),
    [
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
    ],
)
def test_a_proof_is_told_as_far_as_it_goes(level: Level, said: str) -> None:
    assert PageLabels(ENGLISH).proof(level, [level]) == said


@pytest.mark.parametrize("words", [ENGLISH, swedish()])
def test_no_proof_is_named_by_an_id(words: Words) -> None:
    for id in ("counting", "duals", "cp-sat", "highs", "duals+highs"):
        level = Level("quality", 3, 3, (id,))
        assert not re.search(r"\b(duals|cp-sat|highs)\b", PageLabels(words).proof(level, [level]))


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (Level("musts", 0, 0), "Alla måsten är placerade"),
        (Level("musts", 2, 0), "2 måsten är oplacerade"),
        (Level("points", 13, 13), "Oplacerat: 13 prioritetspoäng"),
        (Level("changes", 1, 1), "1 insats är ändrad"),
        (Level("of-another-version", 7, 7), "7"),
    ],
)
def test_a_value_is_told_in_words(level: Level, said: str) -> None:
    assert PageLabels(swedish()).value(level) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2027, 3, 2), date(2027, 3, 2), "tis_2_mar"),
        (date(2027, 3, 2), date(2027, 3, 3), "tis+–+ons 2+–+3_mar"),
        (date(2027, 3, 31), date(2027, 4, 1), "ons_31_mar–tor_1_apr"),
    ],
)
def test_dates_in_a_list_are_short_and_no_line_ends_within_one(first: date, last: date, said: str) -> None:
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


@pytest.mark.parametrize(("language", "words"), [("sv", swedish()), ("en", ENGLISH)])
def test_golden_of_fuller_situations(golden: Golden, language: str, words: Words) -> None:
    made = page_of(overview(*builder.fuller()), words)
    assert builder.CANARY.encode() not in made
    golden(f"page-fuller-{language}.html", made)


def test_every_change_on_the_page_has_its_cause() -> None:
    full = seen(70, unplaced=3, revised=True)
    assert full.revised is not None
    causes = [change.cause for change in full.revised.changed if change.cause is not None]
    assert causes
    assert page_of(full, swedish()).decode().count("på grund av") >= len(causes)
