"""The commands of the service: what they print, their exit codes, and what they say when something is wrong."""

import json
import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from arshjul.cli.console import Console
from arshjul.cli.services import tell_reach
from arshjul.office.database import doctor
from arshjul.office.store.checks import CHECKS
from arshjul.office.store.readers import Fetch, note_fetches
from arshjul.office.store.store import open_store
from arshjul.office.subscribers import subscribe as subscribing
from arshjul.year.agenda.channel import CONTENT_NAMES, CONTENTS, LEVEL_NAMES, LEVELS
from arshjul.year.texts import Words
from tests import years
from tests.commands import ran
from tests.databases import FILE, SLOW_POSTGRESQL, Databases
from tests.examples import each

YEAR = replace(years.scenario(), language="en")
FIRST = years.plan(YEAR)
MOVED = years.plan(YEAR, {"OP-001": date(2027, 6, 1)}, before=FIRST)
OTHER = years.plan(YEAR, {"OP-002": date(2027, 7, 1)}, before=FIRST)

Run = Callable[..., Result]
UNPUBLISHED = pytest.mark.usefixtures("unpublished")


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of the plans, to be copied."""
    folder = tmp_path_factory.mktemp("plans")
    for name, made in (("first", FIRST), ("moved", MOVED), ("other", OTHER)):
        years.write(folder / name, YEAR, made)
    return folder


@pytest.fixture
def unpublished() -> None:
    """Without it the first plan is published in the database before the test begins."""


@pytest.fixture
def url(request: pytest.FixtureRequest, databases: Databases, plans: Path) -> str:
    """The address of the database."""
    if "unpublished" in request.fixturenames:
        return databases.empty()
    return databases.filled(
        "first in English", lambda address: invoked("publish", str(plans / "first"), "--reason", "1", "--db", address)
    )


@pytest.fixture
def run(url: str, plans: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command on the database that the environment names, beside the plans, in English."""
    monkeypatch.setenv("ARSHJUL_DB", url)
    monkeypatch.setenv("ARSHJUL_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(plans, tmp_path, dirs_exist_ok=True)
    return invoked


def invoked(*arguments: str, code: int = 0) -> Result:
    done = ran(arguments)
    assert done.exit_code == code, (done.output, done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def answer(done: Result) -> Any:
    return json.loads(done.stdout)


@UNPUBLISHED
@SLOW_POSTGRESQL
def test_publish_tells_what_changed_and_whom(run: Run) -> None:
    first = answer(run("publish", "first", "--reason", "årets plan", "--by", "Eva", "--json"))
    assert (first["revision"], first["new"], first["by"], first["reason"]) == (1, True, "Eva", "årets plan")
    assert first["tell"] == []
    second = answer(run("publish", "moved", "--reason", "skottlossning", "--json"))
    assert second["revision"] == second["plan_revision"] == 2
    assert {"party": "police-p1", "level": "full", "content": "operations"} in second["changed"]
    assert {"party": "a1", "operations": ["OP-001"]} in second["tell"]
    assert answer(run("publish", "moved", "--reason", "igen", "--json"))["new"] is False
    done = run("publish", "other", "--reason", "åter", "--seen", "2")
    assert "The calendars of 5 parties have changed" in done.stderr
    assert "5 parties are to be told of changes." in done.stderr
    assert done.stdout == "3\n", "a program reads it"


@SLOW_POSTGRESQL
def test_stale_plan_is_refused_with_the_difference(run: Run) -> None:
    run("publish", "moved", "--reason", "2")
    refused = answer(run("publish", "other", "--reason", "3", "--json", code=4))
    assert (refused["refused"], refused["current"], refused["reason"]) == ("stale", 2, "2")
    assert len(refused["differences"]) == 1
    assert "OP-001" in refused["differences"][0]
    assert "OP-001" in run("publish", "other", "--reason", "3", code=4).output
    mark = refused["hash"][:12]
    assert f"--seen {mark} " in run("publish", "other", "--reason", "3", code=4).stderr
    run("publish", "other", "--reason", "3", "--seen", "0" * 12, code=4)
    run("publish", "other", "--reason", "3", "--seen", mark[:3], code=4)
    run("publish", "other", "--reason", "3", "--seen", "1", code=4)
    assert answer(run("publish", "other", "--reason", "3", "--seen", mark, "--json"))["revision"] == 3


@FILE
def test_plan_of_another_name_is_refused_in_clear_words_and_published_where_it_is_meant(
    run: Run, tmp_path: Path
) -> None:
    other = replace(YEAR, name="Exempelstad 2027")
    years.write(tmp_path / "town", other, years.plan(other))
    refused = run("publish", "town", "--reason", "2", code=4)
    assert "is another plan" in refused.stderr
    assert "Would be cancelled:" in refused.stderr
    assert refused.stdout.count("called off") == len(FIRST.placements)
    assert answer(run("publish", "town", "--reason", "2", "--json", code=4))["another_plan"] is True
    done = answer(run("publish", "town", "--reason", "2", "--seen", "1", "--json"))
    assert done["revision"] == 2
    assert {"party": "a1", "operations": ["OP-000", "OP-001", "OP-002", "OP-003"]} in done["tell"]


@FILE
def test_replan_that_gives_an_operation_up_goes_on_from_what_is_served(run: Run, tmp_path: Path) -> None:
    (tmp_path / "changes.yaml").write_text("cancelled: [OP-001]\n")
    run("replan", "first", "--changes", "changes.yaml", "--as-of", "2026-11-24T11:00", "-o", "without")
    done = answer(run("publish", "without", "--reason", "2", "--json"))
    assert done["revision"] == 2
    assert {"party": "police-p1", "level": "full", "content": "operations"} in done["changed"]
    run("publish", "moved", "--reason", "3", code=4)


@FILE
def test_undo_names_the_entries_that_are_taken_back_too_and_those_that_wait_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "changes.yaml").write_text("cancelled: [OP-001, OP-002]\n")
    run("replan", "first", "--changes", "changes.yaml", "--as-of", "2026-11-24T11:00", "-o", "without")
    run("publish", "without", "--reason", "2")
    run("backup", "copy.db")
    run("restore", "copy.db", "--db", "again.db")
    line = ("undo", "--reason", "3", "--as-of", "2026-11-24T12:00")
    for more, says in (
        ((), "The entries of revision 2 are taken back too; with --again they would wait again:"),
        (("--again", "--db", "again.db"), "The entries of revision 2 wait again:"),
    ):
        said = run(*line, *more).stderr.splitlines()
        named = said[said.index(says) + 1 :][:2]
        assert [("OP-001" in one, "OP-002" in one) for one in named] == [(False, True), (True, False)]
    back = answer(run(*line, "--revision", "3", "--json"))
    assert back["entries"] == [], "it had none of its own"
    assert "annars tas de också tillbaka" in " ".join(run("undo", "--help").output.split())


@UNPUBLISHED
@FILE
def test_commands_speak_the_language_of_the_year_in_the_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSHJUL_LANGUAGE", "sv")
    assert "finns inte" in run("revisions", code=2).output, "there is no year yet"
    run("import", "first", "--rehearsal")
    for unready in (("refresh",), ("report", "--db", os.environ["ARSHJUL_DB"])):
        assert "Nothing is published yet" in run(*unready, code=2).output, "the draft decides"
    run("publish", "first", "--rehearsal", "--reason", "1")
    run("publish", "moved", "--rehearsal", "--reason", "2")
    run("backup", "copy.db")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for arguments, says, code in (
            (("address", "add", "a0", "--label", "x"), "The address is secret", 0),
            (("address", "list"), "never fetched", 0),
            (("address", "end", "1"), "is revoked from the next request", 0),
            (("revisions",), "REHEARSAL: ", 0),
            (("doctor",), "No errors. Revision 2", 0),
            (("doctor", "--mend"), "No errors. Revision 2", 0),
            (("undo", "--reason", "3"), "Revision 3, version 3 of the plan, is published", 0),
            (("refresh",), "Nothing has changed.", 0),
            (("contact", "end", "x"), "does not exist", 2),
            (("restore", "copy.db", "--replace"), "Revision 2 is back", 0),
            (("console", "--port", port), "another process has that port", 2),
        ):
            said = run(*arguments, code=code).output
            assert says in said, arguments
            assert "ÖVNING" not in said, arguments


@UNPUBLISHED
@SLOW_POSTGRESQL
def test_revisions_are_listed_with_moments_in_the_plans_zone(run: Run) -> None:
    run("publish", "first", "--reason", "ett")
    run("publish", "moved", "--reason", "två")
    listed = answer(run("revisions", "--json"))
    assert listed["served"] == 2
    assert [one["reason"] for one in listed["revisions"]] == ["ett", "två"]
    published_at = datetime.fromisoformat(listed["revisions"][0]["published_at"]).astimezone(YEAR.zone)
    assert published_at.tzname() in ("CET", "CEST")
    said = run("revisions").stdout
    assert "*    2" in said
    assert f"{published_at:%Y-%m-%d %H:%M %Z}  published" in said
    run("subscribe", "a0", "--label", "x")
    with open_store(os.environ["ARSHJUL_DB"]).writing() as db:
        note_fetches(db, [Fetch(1, years.NOW, "Outlook")])
    assert "2026-11-24 13:00 CET Outlook" in run("subscribers").stdout


@SLOW_POSTGRESQL
def test_an_address_for_google_says_so_and_what_google_does_not_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run("subscribe", "a0", "--label", "x", "--client", "google").stderr
    assert "  Google: Other calendars, From URL, paste the https address." in said
    assert "The address is for Google only" in said
    assert [word for word in ("Apple", "Outlook", "--client google") if word in said] == []
    hand_out = subscribing.subscribe
    for content, size, advice in (
        ("all", 900_001, "1,000. Choose --content operations."),
        ("operations", 900_001, "at most 1,000."),
        ("all", 900_000, ""),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(subscribing, "subscribe", lambda *given, n=size: replace(hand_out(*given), size=n))
            said = run("subscribe", "a0", "--label", "x", "--content", content).stderr
        assert ("Warning: the calendar has 900 kB" in said) == (size > 900_000)
        assert advice in said


@FILE
def test_subscribing_prints_the_address_once_and_how_to_use_it(run: Run) -> None:
    done = run("subscribe", "a0", "--label", "Samordnaren", "--base-url", "https://kalender.example.se/")
    https, webcal = done.stdout.split()
    assert https.startswith("https://kalender.example.se/feeds/")
    assert https.endswith(".ics")
    assert webcal == "webcal://" + https.removeprefix("https://")
    for said in ("Outlook", "Google", "Apple", "Thunderbird", "--client google"):
        assert said in done.stderr
    token = https.rpartition("/")[2].removesuffix(".ics")
    assert len(token) == 43
    assert token not in run("subscribers").output
    assert token not in run("subscribers", "--json").output
    wanted = {"party": "agency-a0", "level": "full", "state": "live", "label": "Samordnaren", "last_fetch": None}
    assert answer(run("subscribers", "--json"))[0].items() >= {**wanted, "client": None}.items()


@SLOW_POSTGRESQL
def test_addresses_of_this_computer_alone_are_warned_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """By doctor too."""
    assert answer(run("doctor", "--json"))["findings"] == [], "nothing is handed out"
    line = ("subscribe", "a0", "--label", "x")
    for base in ((), *(("--base-url", one) for one in ("http://[::1]:8000", "http://127.0.0.1:8000"))):
        done = run(*line, *base)
        assert "on this computer only" in done.stderr
        assert "--base-url" in done.stderr
        assert len(done.stdout.split()) == 2, "the data stays as it is"
    assert "on this computer only" in run(*line, "--base-url", "https://LOCALHOST/x", "--json").stderr
    assert "this computer" not in run(*line, "--base-url", "https://kalender.example.se").stderr
    found = answer(run("doctor", "--json"))
    assert (found["sound"], [one["check"] for one in found["findings"]]) == (True, ["address"])
    assert "ARSHJUL_BASE_URL" in found["findings"][0]["text"]
    monkeypatch.setenv("ARSHJUL_BASE_URL", "https://kalender.example.se")
    assert answer(run("doctor", "--json"))["findings"] == []


@SLOW_POSTGRESQL
def test_rotating_and_revoking(run: Run) -> None:
    old = answer(run("subscribe", "police-p0", "--label", "x", "--level", "busy", "--json"))
    new = answer(run("subscribe", "--rotate", str(old["subscriber"]), "--json"))
    assert new["token"] != old["token"]
    assert (new["subscriber"], new["level"]) == (old["subscriber"], "busy")
    assert answer(run("subscribers", "--json"))[0]["addresses"] == 2
    gone = run("unsubscribe", str(old["subscriber"]))
    assert "until the next `arshjul sync`" in gone.stderr, "the portal's feeds are not closed by it"
    assert answer(run("subscribers", "--json"))[0]["state"] == "revoked"
    run("unsubscribe", str(old["subscriber"]), code=2)
    run("subscribe", "--rotate", str(old["subscriber"]), code=2)


WRONG = (
    (("subscribe", "nobody", "--label", "x"), "No party nobody in the plan: name one of"),
    (("subscribe", "agency-a00", "--label", "x"), "No party agency-a00 in the plan. Did you mean agency-a0?"),
    (("subscribe", "a0", "--label", " \n"), "label"),
    (("subscribe", "a0"), "Give --label TEXT."),
    (("subscribe", "--label", "x"), "Give PARTY."),
    (("subscribe",), "Give PARTY and --label TEXT."),
    (("post", "--sender", "a@example.se"), "Give --base-url URL."),
    (("subscribe", "a0", "--label", "x", "--level", "all"), "Unknown level all: choose one of busy, area and full"),
    (("subscribe", "a0", "--label", "x", "--base-url", "ftp://x"), "no address for feeds"),
    (("unsubscribe", "77"), "Subscriber 77 does not exist"),
    (("publish", "first", "--reason", ""), "Give a reason"),
    (("publish", "nowhere", "--reason", "x"), "nowhere is not a folder"),
    (("restore", "nowhere.db"), "cannot be read"),
    (("serve", "--proxy", "127.0.0.1", "--proxy", "nonsense"), "nonsense is no proxy address"),
    (("serve", "--proxy", "10.0.0.0/33"), "10.0.0.0/33 is no proxy address"),
)


@FILE
def test_wrong_input_is_told_and_leaves_with_two(run: Run) -> None:
    for arguments, says in WRONG:
        assert says in run(*arguments, code=2).output, arguments


@UNPUBLISHED
@FILE
def test_nothing_published_yet(run: Run) -> None:
    for command in ("revisions", "subscribers", "refresh", "doctor", "serve"):
        assert "arshjul import" in run(command, code=2).output, command


@FILE
def test_password_is_never_told(run: Run) -> None:
    done = run("doctor", "--db", "postgresql://u:hemligt@/x?host=/nowhere", code=1)
    assert "hemligt" not in done.output


@SLOW_POSTGRESQL
def test_refresh_backup_restore_doctor_purge_and_export(run: Run, tmp_path: Path) -> None:
    run("refresh")  # whose day is today: what has come near since the plan was made is confirmed
    assert answer(run("refresh", "--json"))["new"] is False
    made = answer(run("backup", "copy.db", "--json"))
    assert made["revision"] == answer(run("revisions", "--json"))["served"]
    assert json.loads(Path(made["manifest"]).read_text())["head"] == made["head"]
    run("backup", "copy.db", code=2)
    run("restore", "copy.db", code=4)
    run("subscribe", "a0", "--label", "Eva")
    run("backup", "later.db")
    assert "--reissue-all" in run("restore", "later.db", "--replace").stderr
    run("subscribe", "--reissue-all", "-o", "none/a.xlsx", code=2)
    run("subscribe", "--reissue-all", "-o", "a.csv", code=2)
    run("subscribe", "a0", "--label", "Eva", "-o", "a.xlsx", code=2)
    told = run("subscribe", "--reissue-all", "-o", "a.xlsx").output
    assert "Eva" in told
    assert "/feeds/" not in told
    assert (tmp_path / "a.xlsx").stat().st_mode & 0o077 == 0
    assert [one["label"] for one in answer(run("subscribe", "--rotate-all", "--json"))] == ["Eva"]
    assert "0 new addresses are handed out" in run("subscribe", "--reissue-all").stderr
    assert answer(run("restore", "copy.db", "--replace", "--json"))["head"] == made["head"]
    found = answer(run("doctor", "--json"))
    assert (found["sound"], found["head"], found["findings"]) == (True, made["head"], [])
    assert answer(run("purge-sites", "--older-than-days", "0", "--json"))["purged"] == 0, "the backup had none"
    exported = answer(run("export-static", "out", "--json"))
    assert len(exported["feeds"]) == 48
    assert all((tmp_path / "out" / feed["path"]).exists() for feed in exported["feeds"])


@each(
    [
        ("127.0.0.1", "", ["--feeds-url", "by phone"]),
        ("127.0.0.1", "https://kalender.example.se", ["by phone"]),
        ("::1", "http://localhost:8000", ["--feeds-url", "by phone"]),
        ("192.0.2.7", "https://kalender.example.se", []),
    ],
)
def test_the_console_says_at_its_start_what_works_on_this_computer_alone(
    given: tuple[str, str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    host, feeds, said = given
    tell_reach(Console(Words("en")), host, feeds)
    lines = capsys.readouterr().err.splitlines()
    assert [word for line in lines for word in ("--feeds-url", "by phone") if word in line] == said


@SLOW_POSTGRESQL
def test_doctor_leaves_with_one_where_something_is_wrong(run: Run, url: str, tmp_path: Path) -> None:
    with open_store(url).writing() as db:
        db.exec_driver_sql("UPDATE revision SET reason = 'annat'")
    found = answer(run("doctor", "--json", code=1))
    assert [finding["check"] for finding in found["findings"]] == ["chain"]
    file = tmp_path / "damaged.db"
    file.write_bytes(b"SQLite format 3\0" + b"x" * 4096)
    found = answer(run("doctor", "--db", str(file), "--json", code=1))
    assert found["findings"][0]["check"] == "file"
    run("publish", "first", "--reason", "1", "--db", str(file), code=2)


def test_everything_that_is_listed_has_a_word() -> None:
    assert set(doctor.CHECK_NAMES) == {*CHECKS, "outbox", "modes", "clock", "refresh", "address"}
    assert set(LEVEL_NAMES) == set(LEVELS)
    assert set(CONTENT_NAMES) == set(CONTENTS)


@FILE
def test_port_that_is_taken_is_told_of(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("serve", "--port", port, "--metrics-port", "0", code=2)
    assert "another process has that port" in done.output
    assert "--port" in done.output
