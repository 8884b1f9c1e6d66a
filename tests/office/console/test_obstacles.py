"""Obstacles on their road: written at the portal, carried, seen by the coordinator, passed on as numbers."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from arshjul.office.store import party_entries
from arshjul.portal.store import inbox, views
from arshjul.year.domain.entries.obstacle import SharingObstacle, latest_obstacles
from tests.office.console.browser import Browser, Page
from tests.office.console.invited import InvitedTown
from tests.office.console.test_reports import portal
from tests.worlds import Worlds

__all__ = ["portal"]

FIRST = "OP-000"
FEBRUARY, MARCH, APRIL = (datetime.fromisoformat(f"2027-{day}T08:00:00+01:00") for day in ("02-02", "03-20", "04-02"))
SAID = {
    "side": "asker", "other": "a1", "operation": FIRST, "date": "2027-02-01", "category": "economy", "rule": "27:1",
    "needed_for": "prepare", "how_known": "written", "effect": "weaker", "wish": "law", "hours": "3",
}  # fmt: skip


class Town(InvitedTown):
    """Contacts of two parties, in February."""

    NOW, RIGHTS = FEBRUARY, {"a0": "evaluate", "p0": "evaluate"}

    @property
    def obstacles(self) -> tuple[SharingObstacle, ...]:
        return self.draft().learnt_plan.entries.obstacles


@pytest.fixture
def town(worlds: Worlds, tmp_path: Path) -> Town:
    return Town.of(worlds, tmp_path)


def written(phone: Browser, **other: str) -> Page:
    page = phone.get("/obstacles/new")
    assert page.status == 200, page.text
    hidden = page.hidden("key", "seen")
    return phone.post("/obstacles/new", {**hidden, **SAID, **other})


def entered(browser: Browser, **other: str) -> Page:
    sides = {key: value for key, value in SAID.items() if key not in ("side", "other")}
    return browser.send(
        browser.get("/obstacles/new"), "/obstacles/new", **{**sides, "asker": "a0", "asked": "a1", **other}
    )


def test_what_a_contact_writes_is_carried_and_stands_with_the_coordinator(town: Town) -> None:
    phone = town.phone("a0")
    assert "Hinder" in phone.get("/").text
    answer = written(phone)
    assert answer.status == 303, answer.text
    receipt = phone.get(answer.headers["location"]).text
    for said in ("27 kap. 1 § OSL", "skatter, skulder och annan ekonomi", "insatsen blev svagare", "Myndighet 1"):
        assert said in receipt
    town.carry()
    with town.portal.reading() as db:
        seen = " ".join(views.body(db, party)[1] for party in ("agency-a0", "agency-a1", "police-p0"))
    assert not [secret for secret in ("economy", "27:1") if secret in seen], "it stands with two parties alone"
    assert "27 kap." not in town.phone("p0").get("/").text + town.phone("p0").get("/obstacles").text
    assert written(town.phone("p0"), side="asked", other="a0", operation="").status == 303
    town.desk.now = MARCH
    town.carry()
    first, second = town.obstacles
    assert (first.id, first.asker, first.asked, first.operation) == ("HI1", "a0", "a1", FIRST)
    assert (second.id, second.asker, second.asked, second.operation) == ("HI2", "a0", "p0", None)
    assert second.reported == MARCH, "it counts where it came in: what a quarter has told stays as it is"
    page = town.desk.browser().get("/obstacles").text
    assert "HI1" in page
    assert "Myndighet 0 frågade Myndighet 1" in page
    new = town.desk.browser().get(f"/obstacles/new?operation={FIRST}").body.decode()
    assert f'value="{FIRST}" selected' in new, "as its operation's page leads there"
    town.carry()
    assert len(town.obstacles) == 2


def test_a_wrong_form_comes_back_with_what_is_wrong(town: Town) -> None:
    phone = town.phone("a0")
    for wrong, said in (
        ({"other": "a0"}, "Välj den andra parten"),
        ({"other": "Exempelkrogen AB"}, "Välj den andra parten"),
        ({"side": "x"}, "Er sida: Välj igen."),
        ({"operation": "OP-999"}, "Insats: Välj igen."),
        ({"effect": "nothing"}, "Vad det ledde till"),
        ({"rule": "Krogen"}, "Vad som stod i vägen"),
        ({"category": ""}, "Vad som inte kunde lämnas"),
        ({"date": ""}, "Datum"),
        ({"date": "2028-01-01"}, "är långt bort. Stämmer datumet?"),
        ({"date": "2020-02-03"}, "är långt bort. Stämmer datumet?"),
    ):
        answer = written(phone, **wrong)
        assert (answer.status, said in answer.text) == (422, True), wrong
    town.carry()
    assert not town.obstacles
    for day in ("2028-01-01", "2020-02-03"):
        assert written(phone, date=day, sure="on").status == 303, "it is only asked about"


def test_a_row_about_others_is_refused_whatever_the_portal_says(town: Town) -> None:
    phone = town.phone("a0")
    written(phone)
    with town.portal.writing() as db:
        table = inbox.INBOX.table
        (body,) = db.execute(table.select().with_only_columns(table.c.body)).scalars()
        forged = body.replace('"asker": "a0"', '"asker": "a2"')
        assert forged != body
        db.execute(update(table).values(body=forged))
    town.carry()
    assert not town.obstacles
    with town.desk.store.reading() as db:
        assert [entry.state for entry in party_entries.ENTRIES.all(db)] == ["refused"]


def test_she_enters_what_she_is_told_once_and_puts_it_right(town: Town) -> None:
    browser = town.desk.browser()
    assert entered(browser).status == 303
    assert entered(browser).status in (303, 409), "the same again is one"
    assert [obstacle.id for obstacle in town.obstacles] == ["HI1"]
    assert entered(browser, asked="a0").status == 422
    page = browser.get("/obstacles/HI1")
    assert 'value="27:1" selected' in page.body.decode()
    both = {key: said for key, said in SAID.items() if key not in ("side", "other")}
    right = {**both, "asker": "a0", "asked": "a2", "rule": "18:1", "was": page.field("was")}
    assert browser.send(page, "/obstacles/HI1", **right).status == 303
    latest = [(obstacle.id, obstacle.asked, obstacle.rule) for obstacle in latest_obstacles(town.obstacles)]
    assert latest == [("HI1", "a2", "18:1")], "and it stays one"
    late = browser.send(page, "/obstacles/HI1", **{**right, "rule": "26:1"})
    assert (late.status, "Någon annan har sparat" in late.text) == (409, True), "the page was opened before"
    slip = browser.send(page, "/obstacles/HI1", **{**right, "asked": "a0"})
    assert (slip.status, slip.field("was")) == (422, page.field("was")), "what is put right is no newer"
    assert browser.send(page, "/obstacles/HI1", **{**right, "asked": "a0"}).status == 422
    assert browser.get("/obstacles/HI9").status == 422
    assert town.desk.browser("auditor").get("/obstacles/HI1").status == 403
    assert entered(browser, rule="26:1").status == 303
    assert {obstacle.id for obstacle in town.obstacles} == {"HI1", "HI2"}


def test_the_files_to_pass_on_are_there_when_the_quarter_is_over(town: Town) -> None:
    browser = town.desk.browser()
    for rule in ("27:1", "18:1", "26:1", "none"):
        entered(browser, rule=rule)
    assert "Första kvartalet redovisas från torsdag 1 april 2027." in browser.get("/obstacles").text
    assert browser.get("/obstacles/file?period=2027-Q1&as=.csv").status == 422
    town.desk.now = MARCH
    town.invited("a2", "evaluate")
    town.desk.now = APRIL
    browser = town.desk.browser()
    page = browser.get("/obstacles")
    assert "4 hinder anmäldes" in page.text
    assert "2027-Q1, rapporterade 4 " in browser.get("/report").text
    for ending, begins in (
        (".csv", "\ufeffKvartal eller år;Grupperat efter;".encode()),
        (".pdf", b"%PDF-"),
        (".xlsx", b"PK"),
    ):
        made = browser.get(f"/obstacles/file?period=2027-Q1&as={ending}")
        assert made.status == 200
        assert made.body.startswith(begins)
    assert "2027-Q1;Vad som stod i vägen;others" in browser.get("/obstacles/file?period=2027-Q1&as=.csv").text
    assert browser.get("/obstacles/file?period=2027&as=.csv").status == 422, "the year is not over"
