"""plan.xlsx: every operation once, dates as dates, and nothing in it that the page does not show."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.agenda.overview import Overview, overview
from arshjul.year.domain.level import Level
from arshjul.year.render.page.page import page
from arshjul.year.render.workbook import in_a_row, plan_workbook
from arshjul.year.texts import Words
from tests.builders import swedish
from tests.conftest import Golden
from tests.examples import examples
from tests.year.render import builder
from tests.year.render.test_page import seen
from tests.year.render.test_wheel import hostile

ENGLISH = Words("en")
Rows = list[tuple[Any, ...]]


def sheets(data: bytes) -> dict[str, Rows]:
    """The rows of each sheet, its headings first, as a program reads them."""
    book = openpyxl.load_workbook(BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def parts(data: bytes) -> dict[str, str]:
    with ZipFile(BytesIO(data)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


@cache
def whole(n: int = 60, unplaced: int = 3) -> Overview:
    return seen(n, unplaced=unplaced, revised=True)


@given(n=st.integers(0, 40), seed=st.integers(0, 50))
@examples(6, 60)
def test_every_operation_has_one_row(n: int, seed: int) -> None:
    made = sheets(plan_workbook(seen(n, seed, unplaced=n // 5), ENGLISH))
    rows = [*made["Plan"][1:], *made["Unplaced"][1:]]
    assert Counter(row[0] for row in rows if row[0]) == {f"OP-{number:03}": 1 for number in range(1, n + 1)}


def test_the_last_sheet_says_what_is_proven_and_how_much_better_a_plan_may_be() -> None:
    levels = (Level("musts", 0, 0, ("cp-sat",)), Level("points", 21, 19), Level("quality", 40, None))
    rows = sheets(plan_workbook(replace(whole(), levels=levels), swedish()))["Bevis"]
    assert rows == [
        ("Mål", "Värde", "Vad planen uppnår", "Vad som är bevisat"),
        (
            "Måsten",
            0,
            "Alla måsten är placerade.",
            "Bevisat med lösaren CP-SAT: ingen plan är bättre.",
        ),
        (
            "Prioritet",
            21,
            "Oplacerat: 21 prioritetspoäng.",
            "Inte bevisat bäst: högst 2 prioritetspoäng till kan få plats.",
        ),
        (
            "Kvalitet",
            40,
            "Ouppfyllda önskemål kostar 40 minuspoäng.",
            "Inget är bevisat än.",
        ),
    ]


def test_nothing_stands_there_that_the_page_does_not_show() -> None:
    made = builder.with_sites(builder.scenario(60))
    shown = overview(made, builder.replan(made, builder.plan(made, unplaced=3)), {})
    data, html = plan_workbook(shown, swedish()), page(shown, swedish()).decode()
    assert not [name for name, text in parts(data).items() if builder.CANARY in text]
    words = {word for rows in sheets(data).values() for row in rows for word in row[:2] if isinstance(word, str)}
    titles = words & {operation.title for operation in made.operations.values()}
    assert titles
    assert all(title in html for title in titles)


def test_hostile_words_stay_text() -> None:
    made = hostile(builder.scenario(60), '=HYPERLINK("http://x")\x00\x0b\u202e\ud800')
    longest = replace(made.operations["OP-001"], title="=" * 40_000)  # a cell holds 32,767
    made = replace(made, operations={**made.operations, "OP-001": longest})
    data = plan_workbook(overview(made, builder.replan(made, builder.plan(made, unplaced=2)), {}), swedish())
    for name, text in parts(data).items():
        if name.startswith("xl/worksheets"):
            assert not re.search(r"<f[ >/]|<hyperlink", text), name
    assert any(str(row[1]).startswith("=HYPERLINK") for row in sheets(data)["Plan"][1:])


def test_a_plan_with_nothing_in_it_is_a_workbook_too_and_a_list_in_a_cell_follows_its_heading() -> None:
    made = builder.scenario(0)
    book = sheets(plan_workbook(replace(overview(made, builder.plan(made)), weak=None), swedish()))
    assert book["Oplacerat"][1][-1] == "Alla insatser är placerade."
    assert "Ändrat" not in sheets(plan_workbook(seen(20), swedish())), "a first plan has changed nothing"
    text = "Roll: leder\nObjekt nominerade:\n- OP-021, City\n- OP-060, Hisingen\nSektor: bygg"
    assert in_a_row(text) == "Roll: leder · Objekt nominerade: OP-021, City, OP-060, Hisingen · Sektor: bygg"


@pytest.mark.parametrize("words", [ENGLISH, swedish()], ids=["en", "sv"])
def test_golden(words: Words, golden: Golden) -> None:
    """What is read in it, not its bytes, which a newer library may pack otherwise."""
    lines = [
        " | ".join([title, *("" if cell is None else _said(cell) for cell in row)])
        for title, rows in sheets(plan_workbook(whole(60, 2), words)).items()
        for row in rows
    ]
    golden(f"plan-workbook-{words.language}.txt", "\n".join([*lines, ""]).encode())


def _said(cell: object) -> str:
    return str(cell.date() if isinstance(cell, datetime) else cell).replace("\n", " / ")
