"""The situation picture: what a party sees proposes a priority, which the coordinator takes over or not."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import ClassVar

import pytest

from arshjul.errors import Message, StorageError
from arshjul.office.contacts.ledger import CARDS, enter
from arshjul.office.contacts.pictures import concerned
from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.import_year import checkout
from arshjul.office.draft.publish_draft import publish_undo
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.publishing.publish import Cause
from arshjul.office.store import revisions
from arshjul.office.store.store import Transaction, open_store
from arshjul.portal.store import views
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.picture import PictureTheme, SituationPicture, Theme, latest_themes
from arshjul.year.domain.operation import Operation
from arshjul.year.folder.workbook import workbook
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.reading import read_entries
from arshjul.year.planning.effort import Effort
from tests.office.console.browser import Browser, Page
from tests.office.console.forms import forms
from tests.office.console.invited import InvitedTown
from tests.office.console.test_hostile import MANY, Sent, attacks, tried
from tests.office.console.test_reports import portal
from tests.worlds import Worlds

__all__ = ["portal"]

OF_ALL = ("area", "valid_to")
NOTE, REASON = "Kanarieiakttagelse", "Kanarieskäl"


class Town(InvitedTown):
    """p0 and a0 may enter the picture, a1 may not."""

    RIGHTS: ClassVar = {"p0": "picture", "a0": "picture", "a1": "answer"}

    @property
    def operation(self) -> Operation:
        return self.draft().present.operations["OP-000"]

    def themes(self) -> dict[str, Theme]:
        draft = self.draft()
        return {theme.id: theme.theme for theme in latest_themes(draft.learnt_plan.entries.pictures, draft.present)}

    def said(self, **other: str) -> dict[str, str]:
        today = self.desk.now.date()
        return {
            "area": self.operation.area,
            "themes.sector": self.operation.sector,
            "period.from": str(today - timedelta(days=30)),
            "period.to": str(today),
            "valid_to": str(today + timedelta(days=60)),
            "themes.level": "3",
            "themes.trend": "rising",
            "themes.note": NOTE,
            **{key if key in OF_ALL else f"themes.{key}": value for key, value in other.items()},
        }


@pytest.fixture
def town(worlds: Worlds, tmp_path: Path) -> Town:
    return Town.of(worlds, tmp_path)


def sent(town: Town, phone: Browser, **other: str) -> Page:
    page = phone.get("/picture")
    assert page.status == 200, page.text
    fields = page.hidden("key", "seen")
    return phone.post("/picture", {**fields, **town.said(**other)})


def pressed(town: Town, decision: str, id: str = "L1", reason: str = REASON) -> Page:
    browser = town.desk.browser()
    return browser.press("/pictures", ask=id, decision=decision, reason=reason)


def test_what_a_unit_sees_becomes_a_priority_that_waits_for_options(town: Town) -> None:
    phone = town.phone("p0")
    assert "Lägesbild" in phone.get("/").text
    answer = sent(town, phone)
    assert answer.status == 303, answer.text
    receipt = phone.get(answer.headers["location"]).text
    assert NOTE in receipt
    assert "ökar" in receipt
    town.carry()
    theme = town.themes()["L1"]
    assert (theme.level, theme.trend, theme.note) == (3, "rising", NOTE)
    assert [picture.by for picture in town.draft().learnt_plan.entries.pictures] == ["p0"]
    assert "Lägesbild en väntar" in town.desk.browser().get("/").text
    page = town.desk.browser().get("/pictures").text
    assert NOTE in page
    assert "Föreslår prioritet 1 för: OP-000 (2)" in page
    assert "intresse" not in page.partition("Föreslår")[2], "a unit has no interest"
    assert pressed(town, "priority").status == 303
    draft = town.draft()
    alike = [
        operation
        for operation in draft.present.operations.values()
        if (operation.area, operation.sector) == (town.operation.area, town.operation.sector)
    ]
    assert {operation.priority for operation in alike} == {1}
    assert {operation.priority for operation in draft.scenario.operations.values() if operation.id == "OP-000"} == {
        2
    }, "it waits"
    log = town.desk.browser().get("/log").text
    assert all(operation.id in log for operation in alike), "each is told"
    others = [operation for operation in draft.present.operations.values() if operation not in alike]
    assert all(other == draft.scenario.operations[other.id] for other in others)
    assert (town.themes()["L1"].decision, town.themes()["L1"].reason) == ("priority", REASON)
    assert "Lägesbild en väntar" not in town.desk.browser().get("/").text
    assert f"Övertaget: {REASON}" in town.desk.browser().get("/pictures").text
    assert pressed(town, "no").status in (409, 422), "it is decided"


def test_what_was_taken_over_and_taken_back_is_proposed_again(town: Town) -> None:
    """With the edit that had it, or with the publishing."""
    browser = town.desk.browser()
    assert sent(town, town.phone("p0")).status == 303
    town.carry()
    for _ in range(2):
        assert pressed(town, "priority").status == 303
        assert town.themes()["L1"].decision == "priority"
        assert browser.press("/take-back-edit").status == 303
        assert town.themes()["L1"].decision == "open"
        assert "Föreslår prioritet 1 för: OP-000 (2)" in browser.get("/pictures").text
        assert "Lägesbild en väntar" in browser.get("/").text
    assert pressed(town, "priority").status == 303
    browser.plan()
    assert browser.publish().status == 303
    assert town.themes()["L1"].decision == "priority", "the plan has it"
    publish_undo(town.desk.store, None, Cause("fel", "it", town.desk.now), Effort(10), again=False, mail=False)
    assert town.themes()["L1"].decision == "open"
    assert pressed(town, "no").status == 303


def two_themes(town: Town) -> None:
    """Sends a picture with two themes; of the second's sector there is no operation there."""
    page = (phone := town.phone("p0")).get("/picture")
    fields = page.hidden("key", "seen")
    more = {"themes.sector": "hotell", "themes.level": "1", "themes.trend": "falling", "themes.note": "Lugnare"}
    said = {key: [value, more[key], ""] if key in more else value for key, value in town.said().items()}
    assert phone.post("/picture", {**fields, **said}).status == 303
    town.carry()


def test_each_theme_of_a_picture_is_decided_by_itself(town: Town) -> None:
    two_themes(town)
    (picture,) = town.draft().learnt_plan.entries.pictures
    assert [(theme.level, theme.trend, theme.note) for theme in picture.themes] == [
        (3, "rising", NOTE),
        (1, "falling", "Lugnare"),
    ]
    assert "Lägesbild 2 väntar" in town.desk.browser().get("/").text
    assert pressed(town, "no", "L1.2", reason="").status == 422, "the reason is asked for"
    assert pressed(town, "no", "L1.2", reason="Vi vet det").status == 303
    assert town.draft().present == town.draft().scenario
    assert "Inte övertaget: Vi vet det" in town.desk.browser().get("/pictures").text
    assert [theme.decision for theme in town.themes().values()] == ["open", "no"]
    assert pressed(town, "priority", "L1.1").status == 303
    assert town.draft().present.operations["OP-000"].priority == 1
    decided = [(theme.decision, theme.reason) for theme in town.themes().values()]
    assert decided == [("priority", REASON), ("no", "Vi vet det")], "the other stays as it was decided"
    assert pressed(town, "no", "L1.1").status in (409, 422), "it is decided"
    assert pressed(town, "no", "L1").status == 422, "there are two"
    assert "avgjord" in town.desk.browser().get("/log").text


def test_what_an_agency_sees_may_become_its_interest(town: Town) -> None:
    stranger = town.phone("a1")
    assert "Lägesbild" not in stranger.get("/").text
    assert stranger.get("/picture").status == 403, "it has not the right"
    mine = next(operation for operation in town.draft().present.operations.values() if "a0" in operation.invited)
    there = {"sector": mine.sector, "area": mine.area}
    assert sent(town, town.phone("a0"), **there, decision="interest", reason="x").status == 303
    town.carry()
    assert town.themes()["L1"].decision == "open", "a contact decides nothing"
    assert pressed(town, "interest").status == 303
    now = town.draft().present.operations[mine.id]
    assert (now.interest_of("a0"), now.priority) == (3, mine.priority)
    assert sent(town, town.phone("p0"), level="2").status == 303
    town.carry()
    page = town.desk.browser().get("/pictures")
    assert "Inget ändras" in page.text
    (form,) = (form for form in forms(page.body.decode()) if form.fields.get("ask") == ["L2"])
    assert ("decision", "priority") not in form.buttons


def test_what_is_past_its_date_proposes_nothing_nor_is_anything_proposed_to_what_has_begun(town: Town) -> None:
    assert sent(town, town.phone("p0"), valid_to=str(town.desk.now.date())).status == 303
    town.carry()
    assert "Föreslår" in town.desk.browser().get("/pictures").text, "its last day"
    town.desk.now += timedelta(days=1)
    late = town.desk.browser().get("/pictures").text
    assert "Gällde till och med" in late
    assert "Föreslår" not in late
    assert pressed(town, "priority").status == 422
    assert town.draft().present == town.draft().scenario
    draft, first = town.draft(), date(2027, 1, 1)
    seen = (Theme(town.operation.sector, 3),)
    theme = PictureTheme(
        SituationPicture(
            id="L1", by="p0", area=town.operation.area, period=Span(first, first), valid_to=first, themes=seen
        )
    )
    assert draft.plan is not None
    day = draft.plan.placed["OP-000"].slot.day
    for today, there in ((day - timedelta(days=1), True), (day, False)):
        assert ("OP-000" in {one.id for one, _ in concerned(draft, theme, "priority", today)}) is there


def test_no_person_business_site_or_title_gets_in(town: Town) -> None:
    phone = town.phone("p0")
    for text in ("Ring 556016-0680 först", "Bor på Storgatan 5"):
        assert sent(town, phone, note=text).status == 422, text
    for level in ("0", "4", "x"):
        assert sent(town, phone, level=level).status == 422, level
    browser = town.desk.browser()
    for text in ("Som på Kanariekrogen 0", "Se Kanarietiteln 1 här"):
        fields = {"ask": "pictures", "by": "p0", **town.said(note=text)}
        assert browser.press("/pictures", **fields, sure="on").status == 422, text
    asked = browser.press("/pictures", **{**fields, "note": "Ring 070-174 06 05"})
    assert asked.status == 422, "a person's number is asked about"
    town.carry()
    assert town.themes() == {}


def test_it_survives_backup_checkout_and_workbook_and_is_in_no_feed_or_view(town: Town, tmp_path: Path) -> None:
    two_themes(town)
    assert pressed(town, "no", "L1.2").status == 303
    before = town.draft().learnt_plan.entries.pictures
    assert [len(picture.themes) for picture in before] == [2, 2]
    backup(town.desk.store, tmp_path / "copy.db", town.desk.now)
    restore(tmp_path / "copy.db", str(tmp_path / "back.db"), "test", town.desk.now)
    with open_store(str(tmp_path / "back.db")).reading() as db:
        assert opened_draft(db).learnt_plan.entries.pictures == before
    checkout(town.desk.store, tmp_path / "folder", lambda _: None)
    assert read_plan_folder(tmp_path / "folder").plan.entries.pictures == before
    workbook(tmp_path / "folder", tmp_path / "year.xlsx", lambda _: None)
    scenario = town.draft().scenario
    assert [
        replace(picture, revision=None) for picture in read_entries([tmp_path / "year.xlsx"], scenario).pictures
    ] == [replace(picture, revision=None) for picture in before]
    with town.desk.store.reading() as db:
        current = revisions.current(db)
        assert current is not None
        feeds = b"".join(revisions.blob(db, row.ics) for row in revisions.feeds(db, current.number)).decode()
    town.carry()
    with town.portal.reading() as db:
        seen = " ".join(views.body(db, party)[1] for party in ("police-p0", "agency-a0", "agency-a1"))
    log = town.desk.browser().get("/log").text
    assert not [canary for canary in (NOTE, REASON) if canary in feeds + seen + log]


def test_what_a_contact_sends_lets_no_other_text_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(town.desk.store, CARDS, {"party": "a1", "may": NOTE}, "test", town.desk.now)

    def sealed(_: Transaction) -> Draft:
        raise StorageError(Message("There is no key."))

    monkeypatch.setattr("arshjul.office.sync.outgoing.opened_draft", sealed)
    assert sent(town, town.phone("p0")).status == 303
    town.carry()
    assert [theme.note for theme in town.themes().values()] == [NOTE]
    with town.portal.reading() as db:
        assert NOTE not in views.body(db, "agency-a0")[1], "nobody has looked through the card"


@pytest.mark.slow
def test_hostile_texts_in_every_field(town: Town) -> None:
    assert sent(town, town.phone("p0")).status == 303
    town.carry()
    said = {key: [value] for key, value in town.said().items()}
    every: list[Sent] = [
        ("/pictures", {"ask": ["pictures"], "by": ["p0"], **said}),
        ("/pictures", {"ask": ["L1"], "decision": ["priority"], "reason": ["x"]}),
    ]
    tried(town.desk, town.desk.browser(), Random(29).sample(list(attacks(every, MANY)), 200))
