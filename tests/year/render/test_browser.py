"""The wheel and the page in a real browser: what is drawn there, not what was written.

Skipped where there is no Chromium; with ARSHJUL_REQUIRE_ALL=1 its absence is a failure.
"""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from arshjul.year.agenda.overview import overview
from arshjul.year.render.page.page import page as page_of
from arshjul.year.render.wheel.drawing import wheel
from tests.builders import swedish
from tests.examples import is_slow, often
from tests.year.render import builder
from tests.year.render.test_wheel import hostile

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ALL = os.environ.get("ARSHJUL_REQUIRE_ALL") == "1"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = pytest.mark.skipif(CHROMIUM is None and not ALL, reason="there is no Chromium on this machine")

# The texts that match and their boxes, in pixels: of a line's height, the middle, where the letters are
BOXES = """selector => [...document.querySelectorAll(selector)].filter(text => text.textContent).map(text => {
  const box = text.getBoundingClientRect();
  const air = text.hasAttribute('transform') ? 0 : box.height * 0.2;
  return [text.textContent, box.left, box.top + air, box.right, box.bottom - air];
})"""
UPRIGHT, MONTHS = "svg[role=img] text:not([transform])", "text.month-name"

# Each would set window.ran, where it got out of text, attribute, comment, style or CDATA
PAYLOADS = (
    "<script>ran=1</script>",
    "</script><script>ran=1</script>",
    "</svg><script>ran=1</script>",
    "</title></style><script>ran=1</script>",
    '"><img src=x onerror=ran=1>',
    "' onload='ran=1",
    '" onmouseover="ran=1" autofocus onfocus="ran=1',
    "]]><svg onload=ran=1>",
    "--><svg/onload=ran=1>",
    "<foreignObject><iframe srcdoc='&lt;script&gt;parent.ran=1&lt;/script&gt;'></iframe></foreignObject>",
    "&lt;script&gt;ran=1&lt;/script&gt;",
    "{{ ''.__class__ }}{% for x in () %}",
    "}*{background:url(//example.invalid/x)}",
    "javascript:ran=1",
)

# Of each such table, the left ends of its columns, in whole pixels
COLUMNS = """selector => [...document.querySelectorAll(`table${selector}`)].map(table =>
  [...table.tHead.rows[0].cells].map(cell => Math.round(cell.getBoundingClientRect().left)))"""
LINES = """lines => lines.map(line => {
  const box = line.getBoundingClientRect();
  return [box.left, box.right, line.innerText];
})"""

Box = tuple[str, float, float, float, float]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a year of 130 after a replan; where slow tests run, of years of 60 and 300 too."""
    folder = tmp_path_factory.mktemp("pages")
    for n in (60, 130, 300) if is_slow() else (130,):
        made = builder.scenario(n)
        plan = builder.plan(made, unplaced=4)
        plan = plan if n == 300 else builder.replan(made, plan)
        seen = overview(made, plan, {p.operation: number % 9 for number, p in enumerate(plan.placements)})
        (folder / f"wheel-{n}.svg").write_bytes(wheel(seen.year, swedish()))
        (folder / f"portrait-{n}.svg").write_bytes(wheel(seen.year, swedish(), "portrait"))
        (folder / f"plan-{n}.html").write_bytes(page_of(seen, swedish()))
    return folder


@dataclass(slots=True)
class Window:
    """One window for all files, for a new one costs as much as several of them; `told` is of the file that is open."""

    page: Page
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Hears everything that the browser complains of or asks for."""
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))

    def _asked(self, address: str) -> None:
        if not address.startswith("file:"):
            self.told.append(address)

    def open(self, file: Path, width: int = 1680, *, dark: bool = False) -> Page:
        self.told.clear()
        self.page.set_viewport_size({"width": width, "height": 1200})
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        self.page.goto(file.as_uri())
        return self.page


@pytest.fixture(scope="module")
def window(browser: Browser) -> Window:
    return Window(browser.new_page())


def overlaps(boxes: list[Box]) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes share more than a pixel in both directions."""
    return [
        (one, other)
        for number, (one, left, top, right, bottom) in enumerate(boxes)
        for other, left2, top2, right2, bottom2 in boxes[:number]
        if min(right, right2) - max(left, left2) > 1 and min(bottom, bottom2) - max(top, top2) > 1
    ]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "name", often(["wheel-130.svg", "portrait-130.svg", "plan-130.html"], ["wheel-300.svg", "plan-300.html"])
)
def test_it_opens_without_a_complaint_and_asks_for_nothing(window: Window, folder: Path, name: str, dark: bool) -> None:
    page = window.open(folder / name, dark=dark)
    assert window.told == []
    assert page.locator("svg[role=img] path").first.is_visible()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["wheel-130.svg", "wheel-300.svg", "portrait-130.svg", "portrait-300.svg"])
def test_no_text_covers_another_and_all_stand_on_the_sheet(window: Window, folder: Path, name: str) -> None:
    page = window.open(folder / name)
    months, upright = page.evaluate(BOXES, MONTHS), page.evaluate(BOXES, UPRIGHT)
    assert [text for text, *_ in months][:3] == ["januari", "februari", "mars"]
    assert overlaps(months) == []
    assert len(upright) > 130
    assert overlaps(upright) == []
    sheet = page.locator("svg").first.bounding_box()
    assert sheet is not None
    for text, left, top, right, bottom in (*months, *upright):
        assert left >= 0, text
        assert top >= 0, text
        assert right <= sheet["width"], text
        assert bottom <= sheet["height"], text


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 768, 1360])
def test_the_page_is_no_wider_than_its_window(window: Window, folder: Path, width: int) -> None:
    page = window.open(folder / "plan-130.html", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
def test_on_a_phone_the_wheel_is_its_months(browser: Browser, folder: Path) -> None:
    """Without a script: each month with its weeks, and in them every operation that is on the wheel."""
    phone = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False).new_page()
    phone.goto((folder / "plan-300.html").as_uri())
    assert not phone.locator("#wheel > .drawn").first.is_visible()
    months = phone.locator("#wheel .narrow details")
    assert months.count() >= 11
    told = 0
    for number in range(months.count()):
        month = months.nth(number)
        if month.get_attribute("open") is None:
            month.locator("summary").click()
        assert month.locator(".of-week").first.inner_text().startswith("Vecka ")
        for left, right, text in month.locator("li").evaluate_all(LINES):
            assert 0 <= left < right <= 390, text
            told += "OP-" in text
    assert told == 296
    phone.set_viewport_size({"width": 1280, "height": 844})
    assert phone.locator("#wheel > .drawn svg").is_visible()
    assert not months.first.is_visible()


@pytest.mark.slow
@pytest.mark.parametrize("width", [768, 1360])
@pytest.mark.parametrize("selector", [".operations", ".matrix"])
def test_tables_of_a_kind_have_equal_columns(window: Window, folder: Path, selector: str, width: int) -> None:
    page = window.open(folder / "plan-300.html", width)
    media: tuple[Literal["screen", "print"], ...] = ("screen", "print")
    for medium in media:
        page.emulate_media(media=medium)
        columns = page.evaluate(COLUMNS, selector)
        assert len(columns) > 1
        assert all(column == columns[0] for column in columns), medium
    page.emulate_media(media="screen")


@pytest.mark.parametrize("payload", often(PAYLOADS[::3], PAYLOADS))
def test_no_script_runs(window: Window, tmp_path: Path, payload: str) -> None:
    made = hostile(builder.scenario(60), payload)
    seen = overview(made, builder.replan(made, builder.plan(made, unplaced=2)), {"OP-001": 0})
    # without the page's own policy, for that would hide what escaping let through
    bare = re.sub(rb"<meta http-equiv[^>]*>", b"", page_of(seen, swedish()))
    for name, data in (("wheel.svg", wheel(seen.year, swedish())), ("plan.html", bare)):
        (tmp_path / name).write_bytes(data)
        page = window.open(tmp_path / name)
        assert window.told == []
        assert page.evaluate("window.ran") is None
        assert (
            page.evaluate("document.querySelectorAll('script, iframe, object, embed, [onload], [onerror]').length") == 0
        )


@pytest.mark.slow
def test_a_mark_in_the_wheel_and_in_the_list_are_the_same_colour(window: Window, folder: Path) -> None:
    page = window.open(folder / "plan-130.html")
    fill = "getComputedStyle(document.querySelector('{} .c0 .shape')).fill"
    assert page.evaluate(fill.format("svg[role=img]")) == page.evaluate(fill.format("td .sign, th .sign"))


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
def test_accessibility_has_no_violation(window: Window, folder: Path, dark: bool) -> None:
    page = window.open(folder / "plan-60.html", dark=dark)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
