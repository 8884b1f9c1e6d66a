"""The portal is killed at each step of a sheet: of saving, giving, reading, printing and taking away; nothing is torn.

Likewise two people at once, and a portal that is put back from a copy of last week, with the keys of then and of today.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from arshjul.portal.actions.sheet_copy import copy_of
from arshjul.portal.pages import sheets
from arshjul.portal.store import sheets as rows
from arshjul.portal.store.schema import open_own
from tests.databases import whole
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import published_in_postgresql
from tests.portal.conftest import Office
from tests.portal.sheet_town import SheetTown
from tests.portal.test_killed import AT_STEPS, Held, office, on_files, until_quiet
from tests.portal.test_sheets import AGENCY, LEAD, OPERATION, POLICE, PURPOSE, given, written

__all__ = ["office", "on_files", "published_in_postgresql"]

PLACE = f"/sheets/{OPERATION}"
NEW = {**PURPOSE, "purpose": "Det nya"}
Deed = tuple[str, dict[str, str]]
"""The path and the fields of a form."""


@pytest.fixture(autouse=True)
def _pdf_is_what_it_says(portal_s_steps: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """Without its process."""
    monkeypatch.setattr(sheets, "pdf_of", lambda content: str(content).encode())


def begun(office: Office) -> tuple[Browser, Browser]:
    """The owner, who has given B to the lead agency and police; and the lead agency, which has entered a code."""
    lead, owner = SheetTown(office).raised(LEAD), office.browser("a1", "sheet")
    office.browser("p0", "sheet")
    written(owner, "B", PURPOSE)
    assert given(owner, to__B=[LEAD, POLICE]).status == 303
    office.carry()
    return owner, lead


def hidden(browser: Browser, path: str, *names: str) -> dict[str, str]:
    page = browser.get(path)
    return page.hidden(*names)


def purposes(office: Office, reader: str) -> list[object]:
    """What the reader reads of B."""
    assert office.sheets is not None
    copy, _ = copy_of(office.portal, office.sheets.keys, reader, OPERATION)
    assert copy.is_whole
    return [section.values["purpose"] for section in copy.sections if section.id == "B"]


def n_readings(office: Office) -> int:
    with office.portal.reading() as db:
        return len([one for one in rows.readings(db, OPERATION, AGENCY, 50) if one.reader == LEAD])


def saving(owner: Browser, _: Browser) -> tuple[Browser, Deed]:
    return owner, (f"{PLACE}/B", {**hidden(owner, f"{PLACE}/B", "seen"), **NEW})


def giving(owner: Browser, _: Browser) -> tuple[Browser, Deed]:
    written(owner, "B", NEW)
    return owner, (f"{PLACE}/give", {**hidden(owner, f"{PLACE}/give", "key", "seen"), "to.B": LEAD})


def taking(owner: Browser, _: Browser) -> tuple[Browser, Deed]:
    return owner, (f"{PLACE}/narrow", {**hidden(owner, PLACE), "reader": POLICE, "section": ""})


def reading(_: Browser, lead: Browser) -> tuple[Browser, Deed]:
    return lead, (f"{PLACE}/read", hidden(lead, PLACE))


def printing(_: Browser, lead: Browser) -> tuple[Browser, Deed]:
    return lead, (f"{PLACE}/pdf", hidden(lead, PLACE))


OLD: list[object] = [PURPOSE["purpose"]]
DEEDS: dict[str, tuple[Callable[[Browser, Browser], tuple[Browser, Deed]], list[object], list[object]]] = {
    "saving": (saving, OLD, OLD),
    "giving": (giving, [NEW["purpose"]], []),
    "taking": (taking, OLD, []),
    "reading": (reading, OLD, OLD),
    "printing": (printing, OLD, OLD),
}
"""Each with what lead agency and police read after it."""


@AT_STEPS
@pytest.mark.parametrize(
    "deed", [deed if deed == "giving" else pytest.param(deed, marks=pytest.mark.slow) for deed in DEEDS]
)
def test_killed_at_any_step_a_sheet_is_as_before_or_as_after(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest, times: int, deed: str
) -> None:
    does, lead_reads, police_reads = DEEDS[deed]
    browser, (path, fields) = does(*begun(office))
    before = n_readings(office)

    def doing(one: Office) -> Callable[[], Page]:
        browser.app = one.app
        return lambda: browser.post(path, fields)

    for step, one in Held(office, tmp_path, request).killed(doing, times, "begun", "committed"):
        assert purposes(one, LEAD) in (OLD, lead_reads), step
        assert purposes(one, POLICE) in (OLD, police_reads), step
        assert n_readings(one) - before in (0, 1), step
        assert doing(one)().status in (200, 303), step
        assert (purposes(one, LEAD), purposes(one, POLICE)) == (lead_reads, police_reads), step
        assert n_readings(one) > before or deed not in ("reading", "printing"), step
        until_quiet(one)
        assert len(one.entries()) == (2 if deed in ("giving", "taking") else 1), step


@AT_STEPS
def test_killed_at_any_step_of_the_first_saving_there_is_one_key_and_it_opens(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest, times: int
) -> None:
    owner = office.browser("a1", "sheet")
    path, fields = saving(owner, owner)[1]
    assert office.sheets is not None
    file = office.sheets.keys.file

    def doing(one: Office) -> Callable[[], Page]:
        owner.app = one.app
        file.unlink(missing_ok=True)
        return lambda: owner.post(path, fields)

    for step, _ in Held(office, tmp_path, request).killed(doing, times):
        assert owner.post(path, fields).status == 303, step
        assert NEW["purpose"] in owner.get(path).text, step
        assert len(file.read_text().split("\n")) == 2, "one line"


# -- two people at once


@pytest.mark.parametrize("office", often(["sqlite"], ["postgresql"]), indirect=True)
def test_of_two_who_give_at_once_each_is_whole_and_numbered(office: Office) -> None:
    """Two people of one party save and give the same section: versions follow each other, and the register has both."""
    begun(office)
    browsers = [office.browser("a1", "sheet") for _ in range(4)]

    def does(n: int) -> int:
        page = written(browsers[n], "B", {**PURPOSE, "purpose": f"Syfte {n}"})
        return given(browsers[n], to__B=[LEAD]).status if page.status == 303 else page.status

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(does, range(4)))
    assert set(statuses) <= {303, 409, 422}
    assert 303 in statuses
    (there,) = purposes(office, LEAD)
    assert re.fullmatch(r"Syfte \d", str(there))
    assert statuses[int(str(there)[-1])] == 303, "what is read was given by whom it was given"
    until_quiet(office)
    assert len(office.entries()) == 1 + statuses.count(303)
    with office.portal.reading() as db:
        versions = [
            section_row.version for section_row in rows.of_operation(db, OPERATION) if section_row.party == AGENCY
        ]
    assert versions == sorted({*versions})


# -- put back


def test_what_opens_of_a_portal_and_keys_that_are_put_back(office: Office, tmp_path: Path) -> None:
    """The keys of today open the database of last week, and those of last week all of today but what is newer."""
    owner, lead = begun(office)
    assert office.sheets is not None
    assert office.portal.place.path is not None
    file = office.sheets.keys.file
    last_week, keys_then = whole(office.portal.place.path), file.read_bytes()
    office.now += timedelta(days=7)
    written(owner, "B", NEW)
    given(owner, to__B=[LEAD])
    lead_too = SheetTown(office).raised("agency-a1")
    assert written(lead_too, "B", {**PURPOSE, "purpose": "Det tredje"}, "OP-001").status == 303
    today, keys_now = whole(office.portal.place.path), file.read_bytes()
    assert keys_now.startswith(keys_then), "the key of the other operation is new"

    def put_back(database: bytes, keys: bytes) -> Office:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, content in (("portal.db", database), ("sheets.keys", keys)):
            (folder / name).touch(0o600)
            (folder / name).write_bytes(content)
        return Office(office.store, open_own(str(folder / "portal.db")), office.now)

    then = put_back(last_week, keys_now)
    assert (purposes(then, LEAD), purposes(then, POLICE)) == (OLD, OLD)
    until_quiet(then)
    assert len(then.entries()) == 2, "the register keeps what the portal has lost"
    now = put_back(today, keys_then)
    assert purposes(now, LEAD) == [NEW["purpose"]]
    lead_too.app = now.app
    assert "går inte att öppna" in lead_too.get("/sheets/OP-001").text
    assert written(lead_too, "B", PURPOSE, "OP-001").status == 503, "no other key is made for what is there"
    lead.app = now.app
    assert NEW["purpose"] in lead.post(f"{PLACE}/read", hidden(lead, PLACE)).text
