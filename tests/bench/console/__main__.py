"""`make bench-console`: what the console takes, on a year of 300 operations, beside what it may take.

CPU ms of every page: the median, the 99th percentile, the first look after a change, and the bytes that are sent.
Then the whole road from a withdrawal to what is published, in real processes, in seconds that somebody waits; and
feeds meanwhile. Waiting depends on what else the machine does: its load is printed too.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from arshjul.garbage import search_rarely
from tests.bench.console import pages, portal, road
from tests.bench.console.desk import HIT
from tests.bench.console.year import BEFORE, of_130, of_300, planned, published
from tests.bench.service.__main__ import code, told
from tests.bench.service.figure import Figure
from tests.bench.today import MORNING


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.console", description=__doc__)
    parser.add_argument("--looks", type=int, default=100, help="at each page")
    parser.add_argument("--changes", type=int, default=5, help="after which each page is looked at first")
    parser.add_argument("--seconds", type=float, default=20, help="of each turn of the feeds")
    parser.add_argument("--plans", type=Path, help="a folder in which the plans are kept from one run to the next")
    parser.add_argument("--only", choices=("pages", "portal", "road", "feeds"), help="one part")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="arshjul-bench-") as name:
        found = list(told(lambda: _figures(chosen, Path(name))))
    return code(found)


def _figures(chosen: argparse.Namespace, folder: Path) -> Iterator[Figure]:
    if chosen.only in (None, "portal"):
        (own := folder / "portal").mkdir()
        yield from portal.figures(own, chosen.looks)
    if chosen.only == "portal":
        return
    plans = chosen.plans or folder
    of = {n: _plan(plans / f"{n}", n) for n in (130, 300)}
    if chosen.only in (None, "pages"):
        search_rarely()
        published(of[300], str(folder / "earnest.db"), MORNING.replace(tzinfo=UTC) - BEFORE)
        yield from pages.figures(str(folder / "earnest.db"), folder, chosen.looks, chosen.changes)
    for n, plan in of.items():
        published(plan, str(folder / f"{n}.db"), datetime.now(UTC), rehearsal=True)
    if chosen.only in (None, "road"):
        one = {**HIT, "police": "lpo-city"}
        yield from road.figures(str(folder / "130.db"), folder, "goteborg-2027", 10, one)
        yield from road.figures(str(folder / "300.db"), folder, "300 operations", 15, HIT)
    if chosen.only in (None, "feeds"):
        yield from road.feeds(str(folder / "300.db"), folder, chosen.seconds)
    load = os.getloadavg()[0]
    yield Figure("the machine's load of the last minute", f"{load:.1f} on {os.cpu_count()} cores", "-", None)


def _plan(folder: Path, n: int) -> Path:
    """The plan folder of so many operations, made where there is none."""
    return folder if folder.is_dir() else planned(folder, of_130() if n == 130 else of_300())


if __name__ == "__main__":
    sys.exit(main())
