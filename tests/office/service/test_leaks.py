"""What is secret is told nowhere: neither the words of a fault of ours, nor a planted site, title or token."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest

from arshjul.cli.app import run
from arshjul.cli.command import COMMANDS
from arshjul.cli.console import answering
from arshjul.office.console.pages import PAGES
from arshjul.office.console.sessions import let_in
from arshjul.office.console.visit import Page, Visit
from arshjul.office.store import revisions, schema, tables
from arshjul.office.store.store import Store, make_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from arshjul.serving.guards import form_token
from arshjul.serving.pages import Answer, Html
from arshjul.year.agenda.channel import LEVELS
from tests import years
from tests.commands import ran
from tests.databases import SLOW_POSTGRESQL
from tests.examples import often
from tests.office.console.conftest import Desk, desk, published
from tests.office.console.processes import Forked, asked
from tests.office.console.test_guards import path
from tests.serving import Server, get

CANARY = "Källarkrogen, Hemliga gatan 4"

__all__ = ["desk", "published"]


FAULTY = f"""
import asyncio, gc, logging, sys, threading, warnings
def fault(*_, **__):
    raise LookupError({CANARY!r})
class Dying:
    __del__ = fault
    def __repr__(self):
        return {CANARY!r}
async def forgotten():
    task = asyncio.create_task(asyncio.to_thread(fault))
    await asyncio.sleep(0.1)
    asyncio.get_running_loop().call_exception_handler({{"message": {CANARY!r}, "exception": KeyError({CANARY!r})}})
"""


class TalkativeError(Exception):
    """Its words come along however it is shown."""

    def __init__(self) -> None:
        super().__init__(CANARY)
        self.add_note(CANARY)

    def __str__(self) -> str:
        return CANARY


class Talkative:
    """A value that cannot be written into a page."""

    def __str__(self) -> str:
        raise TalkativeError

    __html__ = __str__


def in_a_chain() -> Answer:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        raise ValueError(CANARY) from error


def in_a_group() -> Answer:
    raise ExceptionGroup(CANARY, [TalkativeError(), UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY)])


def in_a_template() -> Answer:
    return Html("refused.html", {"status": Talkative(), "text": Talkative(), "problems": (), "is_in": False})


FAULTS: tuple[Callable[[], Answer], ...] = (in_a_chain, in_a_group, in_a_template)


def faulty(page: Page, number: int) -> Page:
    def handler(_: Visit) -> Answer:
        return FAULTS[number % len(FAULTS)]()

    return replace(page, handler=handler)


def test_no_page_and_no_journal_tells_the_words_of_a_fault(desk: Desk, tmp_path: Path) -> None:
    every = tuple(faulty(page, number) for number, page in enumerate(PAGES))
    token = let_in(desk.store, "coordinator", "coordinator", "sv", datetime.now(UTC))
    log = tmp_path / "journal"
    console = Forked(
        log,
        ("console", "--db", desk.url),
        lambda: mock.patch("arshjul.office.console.app.ConsoleServer.pages", every).start(),
    )
    try:
        own = {"Cookie": f"arshjul={token}", "Origin": f"http://127.0.0.1:{console.port}"}
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        body = f"token={form_token(token)}".encode()
        for page in PAGES:
            posted = page.method == "POST"
            answer = asked(console.port, page.method, path(page), body if posted else b"", {**own, **kind})
            assert answer.status == 500, page
            assert CANARY not in answer.body.decode(), page
    finally:
        console.close()
    told = log.read_text()
    assert CANARY not in told
    assert "Traceback" not in told
    lines = [line for line in told.splitlines() if line.startswith("arshjul: ")]
    assert len(lines) == len(PAGES), "each is told of, once"
    assert any("ValueError at tests.office.service.test_leaks:" in line for line in lines)


def test_no_feed_and_no_line_of_its_server_tells_the_words_of_a_fault(desk: Desk, tmp_path: Path) -> None:
    code = (
        f"{FAULTY}\nfrom arshjul.cli import main\nfrom arshjul.office.feeds.feeds import Feeds\n"
        "Feeds.answer = fault\nmain()"
    )
    with Server(desk.url, tmp_path, main=[sys.executable, "-c", code], anew=True) as server:
        answer = server.feed("x")
        assert (answer.status, CANARY in answer.body.decode()) == (500, False)
    told = server.log.read_text()
    assert CANARY not in told
    (fault,) = [one for one in map(json.loads, told.splitlines()) if one["event"] == "fault"]
    assert fault["kind"] == "LookupError"
    assert "arshjul.office.feeds.app:" in fault["at"][1]


def test_no_command_tells_the_words_of_a_fault(tmp_path: Path) -> None:
    def command() -> None:
        with answering(as_json=False, debug=False):
            in_a_chain()

    told = tmp_path / "told"
    pid = os.fork()
    if pid == 0:
        with told.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        sys.stdout = sys.stderr = told.open("a", buffering=1)
        for name in COMMANDS:
            sys.argv = ["arshjul", name]
            with mock.patch.dict("arshjul.cli.app.COMMANDS", {name: (command, "")}):
                try:
                    run()
                except SystemExit as ended:
                    sys.stdout.write(f"{name} {ended.code}\n")
        os._exit(0)
    os.waitpid(pid, 0)
    assert CANARY not in told.read_text()
    assert "Traceback" not in told.read_text()
    assert [line for line in told.read_text().splitlines() if line.endswith(" 1")] == [f"{one} 1" for one in COMMANDS]
    assert told.read_text().count("(ValueError)") == len(COMMANDS)


EVERYWHERE = """
from arshjul.system.uncaught import log_uncaught
log_uncaught()
thread = threading.Thread(target=fault)
thread.start()
thread.join()
Dying()
gc.collect()
asyncio.run(forgotten())
logging.getLogger("some.library").error("%s", sys.argv[1])
warnings.warn(sys.argv[1])
fault()
"""
JOB = """
import arshjul.office.console.job as job
job._store = fault
job.take_no_more_memory_than = lambda _: None
job.main()
"""
WORKER = """
from arshjul.solver.parallel import process_pool
process_pool.os.fdopen = fault
process_pool.main()
"""


@pytest.mark.parametrize(("code", "n"), often([(EVERYWHERE, 6)], [(JOB, 1), (WORKER, 1)]))
def test_no_process_tells_the_words_of_what_nobody_caught(code: str, n: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FAULTY + code, CANARY],
        input='{"db": "", "key_file": null, "job": 1}',
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert CANARY not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert [line.partition(": ")[0] for line in ended.stderr.splitlines()] == ["arshjul"] * n, ended.stderr


def test_whoever_looks_for_a_fault_reads_its_words() -> None:
    code = f"import sys; sys.argv = ['arshjul', 'plan', '--debug']; import arshjul.cli.app as a\n{FAULTY}\n"
    code += "a.COMMANDS['plan'] = (lambda debug: fault(), '')\na.command_line = lambda _: fault\na.run()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert CANARY in ended.stderr


# -- planted words: no site, title or token in anything that the service tells, writes down or copies


YEAR = years.scenario()


def said(*arguments: str) -> str:
    return ran(arguments).output


@SLOW_POSTGRESQL
def test_no_planted_word_leaves(url: str, tmp_path: Path) -> None:
    store = make_store(url)
    years.write(tmp_path / "plan", YEAR, years.plan(YEAR))
    told = [said("publish", str(tmp_path / "plan"), "--db", url, "--reason", "första")]
    with store.reading() as db:
        parties = sorted({feed.party for feed in revisions.feeds(db, 1)})
    now = datetime.now(UTC)
    wanted = [
        Wanted(party, level, content, client)
        for party in parties
        for level in LEVELS
        for content, client in (("operations", ""), ("milestones", ""), ("all", "google"))
        if content != "milestones" or not party.startswith("police")
    ]
    tokens = {one: subscribe(store, one, "Någon", 400, "test", now).token for one in wanted}
    others: list[str] = []
    lower: list[str] = []
    with Server(url, tmp_path) as server:
        for one, token in tokens.items():
            for headers in ({}, {"Accept-Encoding": "gzip"}):
                answer = server.feed(token, headers)
                packed = answer.headers.get("content-encoding") == "gzip"
                body = (gzip.decompress(answer.body) if packed else answer.body).decode().replace("\r\n ", "")
                lower += [] if one.level == "full" else [body]
                (told if (one.party, one.level) == ("coordinator", "full") else others).append(
                    body + str(answer.headers)
                )
            others.append(server.get(f"/feeds/{token}.ics", {"User-Agent": f"Mozilla {token}"}).headers["etag"])
            server.get(f"/feeds/{token}.ics", method="POST")
            server.get(f"/feeds/{token}x.ics?{token}", {"Referer": token})
        told.append(get(server.metrics_port, "/metrics").body.decode())
        others.append(server.get("/feeds/nobody.ics").body.decode())
    told.append(server.log.read_text())
    backup = tmp_path / "copy.db"
    told += [said(*command, "--db", url) for command in (("revisions",), ("subscribers", "--json"), ("doctor",))]
    told.append(said("backup", str(backup), "--db", url))
    told.append(backup.read_bytes().decode("latin-1") + (tmp_path / "copy.db.manifest.json").read_text())
    told.append(said("restore", str(backup), "--db", url))
    told.append(said("publish", str(tmp_path / "plan"), "--db", str(tmp_path), "--reason", "fel"))
    everything = "\n".join(told + others)
    for word in years.SITES:
        assert word not in everything
        assert word.encode("utf-8").hex() not in everything
    assert years.TITLE in told[1], "the coordinator's own feed has the titles, or this test looks at nothing"
    assert years.TITLE not in "\n".join(others)
    assert "OP-" in told[1]
    assert not [body for body in lower if "OP-" in body], "below full, no event says which operation it is of"
    log_and_copies = "\n".join(told[3:])
    for token in tokens.values():
        assert token not in log_and_copies
        assert token[:20] not in log_and_copies


def test_no_token_in_the_database(store: Store) -> None:
    token = subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", years.NOW).token
    with store.reading() as db:
        rows = [str(dict(row)) for table in schema.TABLES for row in db.execute(table.select()).mappings()]
    assert not [row for row in rows if token in row]


@SLOW_POSTGRESQL
def test_blobs_hold_no_site(store: Store) -> None:
    with store.reading() as db:
        blobs = [gzip.decompress(row.gzipped).decode() for row in db.execute(tables.blob.select())]
        sites = [bytes(row.body).decode() for row in db.execute(tables.site.select())]
    assert any(years.TITLE in text for text in blobs)
    assert not [text for text in blobs for word in years.SITES if word in text]
    assert {json.loads(text)["name"] for text in sites} == {
        f"{years.SITE_NAME} {i}" for i in range(len(YEAR.operations))
    }
