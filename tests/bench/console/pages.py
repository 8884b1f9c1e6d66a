"""Every page of the console on 300 operations: CPU ms of a request, of the first one after a change, and bytes."""

import re
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from tests.bench.console.desk import ELSEWHERE, HIT, MeasuredDesk
from tests.bench.console.year import at, of_300
from tests.bench.service.figure import Figure
from tests.bench.today import MORNING

MEDIAN_MS, P99_MS, FIRST_MS, MOST_KB = 50, 200, 100, 150
GOAL = f"{MEDIAN_MS} ms, {P99_MS}, {FIRST_MS}, {MOST_KB} kB"

PAGES = (
    "/", "/year", "/year/wheel.svg", "/weeks/2027-W19", "/weeks/2027-W19?by=areas", "/operations", "/operations?q=krog",
    "/withdrawals/new", "/publish", "/import", "/subscribers", "/log",
)  # fmt: skip
"""The pages but those of operations, options and a proposal, which are many."""

WAITING = ("/", "/withdrawals/new", "/operations", "/publish", "/log")


def figures(db: str, folder: Path, looks: int, changes: int) -> Iterator[Figure]:
    """All of them, on copies of that database."""
    desk = MeasuredDesk.of(db, folder, at(MORNING, of_300()))
    operations = re.findall(r'href="(/operations/[^"]+)"', desk.browser.get("/operations").body.decode())
    yield from _pages(desk, "published", PAGES, operations, (looks, changes))
    desk.enter(HIT)
    yield from _pages(desk, "a withdrawal waits", WAITING, operations, (looks, changes))
    yield from _road(db, folder, changes)


def _pages(
    desk: MeasuredDesk, state: str, pages: tuple[str, ...], operations: list[str], times: tuple[int, int]
) -> Iterator[Figure]:
    """Each page, and the operations in turn: nobody looks at one again and again."""
    for path in pages:
        yield _row(desk, f"{path}, {state}", [path], times)
    yield _row(desk, f"/operations/…, {state}", operations, times)


def _row(desk: MeasuredDesk, name: str, paths: list[str], times: tuple[int, int]) -> Figure:
    """Those pages in turn: after changes that wait for a plan, again and again, and by a console just started."""
    looks, changes = times
    turn = cycle(paths[:: max(1, len(paths) // looks)])
    after, anew = [], []
    for path in islice(turn, changes):
        desk.enter(ELSEWHERE)
        after.append(desk.look(path)[0])
        desk.take_back()
        after.append(desk.look(path)[0])
    seen = [desk.look(path) for path in islice(turn, looks)]
    for path in islice(turn, changes):
        desk.forget()
        anew.append(desk.look(path)[0])
    took, size = sorted(ms for ms, _ in seen), max(len(page.body) for _, page in seen) / 1000
    middle, p99 = median(took), took[int(len(took) * 0.99)]
    says = f"{middle:.0f} ms, {p99:.0f}, {median(after):.0f}, {size:.0f} kB (just started: {median(anew):.0f})"
    holds = middle <= MEDIAN_MS and p99 <= P99_MS and median(after) <= FIRST_MS and size <= MOST_KB
    return Figure(name, says, GOAL, holds)


def _road(db: str, folder: Path, times: int) -> Iterator[Figure]:
    """From a withdrawal to what has been published: what is sent, and the first look at what comes of it."""
    took: dict[str, list[float]] = {}
    for _ in range(times):
        for name, ms in _walked(MeasuredDesk.of(db, folder, at(MORNING, of_300()))):
            took.setdefault(name, []).append(ms)
    for name, all_of_it in took.items():
        middle, is_look = median(all_of_it), name.startswith("/")
        says = f"{middle:.0f} ms (worst {max(all_of_it):.0f})"
        yield Figure(name, says, f"{FIRST_MS} ms" if is_look else "-", middle <= FIRST_MS if is_look else None)


def _walked(desk: MeasuredDesk) -> Iterator[tuple[str, float]]:
    """Each step and its CPU ms."""
    desk.look("/")
    ms, entered = desk.enter(HIT)
    path = entered.headers["location"]
    yield "enter a withdrawal", ms
    yield "/options/…, while it is worked out", desk.look(path)[0]
    yield "/, first with a withdrawal that hits", desk.look("/")[0]
    desk.work_out(path)
    ms, options = desk.look(path)
    yield "/options/…, first", ms
    yield "/options/…, again", desk.look(path)[0]
    yield "choose", desk.send(options, path, option="balanced")[0]
    ms, shown = desk.look("/publish")
    yield "/publish, first with a difference", ms
    yield "/publish, again", desk.look("/publish")[0]
    yield "/, first with a new plan", desk.look("/")[0]
    yield "publish", desk.send(shown, "/publish", digest=shown.field("digest"), reason="avbokning")[0]
    yield "/, first after publishing", desk.look("/")[0]
    yield "/operations/…, first after publishing", desk.look("/operations/OP-072.1")[0]
