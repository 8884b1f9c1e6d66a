"""The whole road as real processes, child process included; and feeds while the console goes it again and again."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from arshjul.actions.subscribers.subscribe import Wanted, subscribe
from arshjul.store.store import open_store
from tests.bench.console.desk import HIT
from tests.bench.console.process import ConsoleProcess
from tests.bench.console.year import ACTOR
from tests.bench.service.__main__ import ask, prefer
from tests.bench.service.figure import Figure
from tests.bench.today import MORNING
from tests.serving import Server

TURNS = 3
"""Feeds alone, and beside the console, in turns."""

WORSE_MS = 5
"""A 99th percentile that is so much higher is another one."""


def figures(db: str, folder: Path, name: str, goal_s: float, fields: dict[str, str]) -> Iterator[Figure]:
    """The road on that year."""
    copy = str(shutil.copy(db, folder / f"road-{name}.db"))
    with ConsoleProcess(copy, folder / "console.log") as console:
        console.set_clock(f"{MORNING:%Y-%m-%dT%H:%M}")
        console.get("/")
        went = console.walk(fields)
    says = f"{went.waited_s:.1f} s, {went.job_s:.1f} of them for the options ({went.cpu_s:.1f} s CPU)"
    yield Figure(f"withdrawal to published, {name}", says, f"{goal_s:.0f} s", went.waited_s <= goal_s)


def feeds(db: str, folder: Path, seconds: float) -> Iterator[Figure]:
    """Feeds at 100 a second, in turns alone and while options are worked out and published again and again."""
    copy = str(shutil.copy(db, folder / "feeds.db"))
    handed = subscribe(open_store(copy), Wanted("coordinator", "full"), "Mätning", 1, ACTOR, datetime.now(UTC))
    turns: dict[bool, list[float]] = {False: [], True: []}
    n = n_bad = 0
    walks: list[date] = []
    with Server(copy, folder) as server, ProcessPoolExecutor(1) as alone:
        is_preferred = prefer(server.process.pid)
        etag = server.feed(handed.token).headers["etag"]
        with ConsoleProcess(copy, folder / "console.log") as console:
            console.set_clock(f"{MORNING:%Y-%m-%dT%H:%M}")
            for turn in range(2 * TURNS):
                busy, over = bool(turn % 2), threading.Event()
                work = threading.Thread(target=_walks, args=(console, walks, over))
                asked = alone.submit(ask, server.port, f"/feeds/{handed.token}.ics", etag, seconds)
                if busy:
                    work.start()
                found, bad = asked.result()
                over.set()
                if busy:
                    work.join()
                turns[busy].append(sorted(found)[int(len(found) * 0.99)])
                n, n_bad = n + len(found), n_bad + bad
    p99 = {busy: median(found) for busy, found in turns.items()}  # others' work comes and goes between turns
    weight = "preferred as in config/deploy" if is_preferred else "not preferred"
    says = f"{p99[True]:.1f} ms, alone {p99[False]:.1f} ({n_bad} errors of {n}; {len(walks)} roads; {weight})"
    holds = p99[True] <= p99[False] + WORSE_MS and n_bad == 0
    yield Figure("feeds at 100/s while the console solves and publishes, p99", says, "as alone", holds)


def _walks(console: ConsoleProcess, walks: list[date], over: threading.Event) -> None:
    """Withdrawals of other weeks, one after the other, each to its publishing."""
    while not over.is_set():
        first = date.fromisoformat(HIT["from"]) + timedelta(days=7 * (1 + len(walks)))
        last = first + timedelta(days=3)
        console.walk({**HIT, "from": first.isoformat(), "to": last.isoformat()})
        walks.append(first)
