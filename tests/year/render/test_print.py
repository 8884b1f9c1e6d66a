"""What comes out of a printer: the wheel whole on one page by itself, and no page of the plan nearly empty.

A browser prints to a PDF, and pdftotext reads it. Skipped where either is missing; with ARSHJUL_REQUIRE_ALL=1 that is
a failure.
"""

import base64
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, sync_playwright

from arshjul.year.agenda.overview import overview
from arshjul.year.agenda.year import public_year, year
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.render.page.page import page as page_of
from arshjul.year.render.wheel.drawing import wheel
from arshjul.year.render.wheel.public import public_wheel
from arshjul.year.render.wheel.sheet import Format
from arshjul.year.texts import Words
from tests.builders import swedish
from tests.living import lived, moments
from tests.year.render import builder
from tests.year.render.test_browser import ALL, CHROMIUM, QUIET

PDFTOTEXT = shutil.which("pdftotext")
pytestmark = pytest.mark.skipif(not (CHROMIUM and PDFTOTEXT) and not ALL, reason="it takes Chromium and pdftotext")

PAPERS = {"A4": (210, 297), "A4 across": (297, 210), "A3": (297, 420), "A3 across": (420, 297)}
MM_PER_INCH, MM_PER_POINT = 25.4, 25.4 / 72


@pytest.fixture(scope="module")
def printer() -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium.new_page()
        chromium.close()


def printed(printer: Page, file: Path, paper: tuple[int, int] = PAPERS["A4"]) -> Path:
    """The file, printed as a browser does it by itself on that paper, width and height in mm."""
    printer.goto(file.as_uri())
    sent = {"paperWidth": paper[0] / MM_PER_INCH, "paperHeight": paper[1] / MM_PER_INCH, "printBackground": True}
    pdf = file.with_suffix(".pdf")
    pdf.write_bytes(base64.b64decode(printer.context.new_cdp_session(printer).send("Page.printToPDF", sent)["data"]))
    return pdf


def boxes(pdf: Path) -> list[tuple[float, float, list[tuple[str, float, float]]]]:
    """Width and height of each page, and its words with their right and lower ends, in mm."""
    assert PDFTOTEXT is not None
    read = subprocess.run([PDFTOTEXT, "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    word = re.compile(r'<word xMin="[-.\d]+" yMin="[-.\d]+" xMax="([-.\d]+)" yMax="([-.\d]+)">(.*?)</word>')
    return [
        (
            float(width) * MM_PER_POINT,
            float(height) * MM_PER_POINT,
            [(text, float(x) * MM_PER_POINT, float(y) * MM_PER_POINT) for x, y, text in word.findall(inside)],
        )
        for width, height, inside in re.findall(r'<page width="([.\d]+)" height="([.\d]+)">(.*?)</page>', read, re.S)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "language", "words"),
    [
        (300, "sv", swedish()),
        (130, "en", Words("en")),
        pytest.param(300, "en", Words("en"), marks=pytest.mark.slow),
        pytest.param(130, "sv", swedish(), marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("form", ["landscape", "portrait", "public"])
def test_the_wheel_is_whole_on_one_page(
    printer: Page, tmp_path: Path, n: int, form: Literal[Format, "public"], language: str, words: Words
) -> None:
    made = builder.scenario(n)
    plan = builder.plan(made, unplaced=4)
    svg = tmp_path / "wheel.svg"
    if form == "public":
        legend, made_svg = words("Annual wheel, public version"), public_wheel(public_year(made, plan), words)
    else:
        legend, made_svg = words("Operations by month and area"), wheel(year(made, plan), words, form)
    svg.write_bytes(made_svg)
    for paper in PAPERS.values():
        pages = boxes(printed(printer, svg, paper))
        assert len(pages) == 1
        width, height, found = pages[0]
        text = " ".join(one for one, *_ in found)
        assert made.name in text
        assert legend in text
        assert (width > height) == (form != "portrait"), "the paper is turned as the wheel lies"
        right, low = max(x for _, x, _ in found), max(y for *_, y in found)
        assert right <= width, language
        assert low <= height
        assert max(right / width, low / height) > 0.9, "and it fills the paper"


def nearly_empty(pdf: Path) -> list[int]:
    """Pages before the last that have text in less than a fifth of their height."""
    return [
        number
        for number, (_, height, found) in enumerate(boxes(pdf)[:-1], 1)
        if max((y for *_, y in found), default=0) < height / 5
    ]


def years() -> Iterator[tuple[str, Scenario, Plan]]:
    """Göteborg's year as planned and after a withdrawal, and drawn ones; little and much is left out of them."""
    for number, now in enumerate(lived(moments()[:1])):
        yield f"goteborg-{number}", now.scenario, now.plan
    for n, unplaced in ((130, 60), (300, 4), (40, 0)):
        made = builder.scenario(n)
        plan = builder.plan(made, unplaced=unplaced)
        yield f"{n}-{unplaced}", made, plan
        yield f"{n}-{unplaced}-changed", made, builder.replan(made, plan)


@pytest.mark.slow
def test_no_page_of_the_plan_is_nearly_empty(printer: Page, tmp_path: Path) -> None:
    for name, made, plan in years():
        file = tmp_path / f"{name}.html"
        file.write_bytes(page_of(overview(made, plan, {}), swedish()))
        assert nearly_empty(printed(printer, file)) == [], name
