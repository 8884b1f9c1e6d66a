"""What the console keeps of a plan, while threads ask for it side by side."""

from unittest import mock

from arshjul.actions.draft.compare_scenario import waiting_edit
from arshjul.actions.draft.edit_operation import edit_operation
from arshjul.actions.draft.options import work_out
from arshjul.console.runner import Runner
from arshjul.console.years import Years
from arshjul.formats.plan.plan_folder import scenario_bytes
from tests.builders import plan, scenario
from tests.console.conftest import Desk
from tests.console.test_withdrawal import HIT

OLD, NEW = plan(scenario(), []), plan(scenario(), [])


class YearsBesideAnother(Years):
    """Another thread draws the new plan as soon as this one has made room for the old one's pictures."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "_drawn" and isinstance(value, tuple) and value[0] is OLD:
            self.drawn(NEW, "wheel", lambda: b"new")


def test_no_picture_of_an_old_plan_is_shown_of_a_new_one() -> None:
    years = YearsBesideAnother()
    assert years.drawn(OLD, "wheel", lambda: b"old") == b"old"
    assert years.drawn(NEW, "wheel", lambda: b"new") == b"new"
    assert years.drawn(NEW, "wheel", lambda: b"drawn again") == b"new"


def test_who_looks_too_early_at_what_a_job_finds_spoils_it_for_nobody(desk: Desk) -> None:
    browser, auditor = desk.browser(), desk.browser("auditor")
    with mock.patch.object(Runner, "start"), mock.patch.object(type(desk.console.runner), "start"):
        path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]
    for who in (auditor, browser):
        assert who.get(f"{path}/wheel.svg?option=balanced").status == 422
    assert browser.get(f"{path}/questions?option=balanced").status == 422
    work_out(desk.store, 1, lambda _: None)
    assert "Minst ändringar" in browser.get(path).text
    assert auditor.get(f"{path}/wheel.svg?option=balanced").status == 200


def test_no_picture_is_shared_between_those_who_may_see_all_and_those_who_may_not(desk: Desk) -> None:
    coordinator, viewer = desk.browser(), desk.browser("viewer")
    whole, public = coordinator.get("/year/wheel.svg").body, viewer.get("/year/wheel.svg").body
    assert whole != public
    assert (coordinator.get("/year/wheel.svg").body, viewer.get("/year/wheel.svg").body) == (whole, public)
    assert b"OP-0" not in public


def test_a_waiting_edit_is_compared_once_for_all_looks_and_anew_when_another_waits(desk: Desk) -> None:
    browser = desk.browser()
    with mock.patch("arshjul.console.years.waiting_edit", wraps=waiting_edit) as compared:
        for title in ("En ny titel", "En annan titel"):
            seen = desk.console.years.now(desk.store).stamp
            edit_operation(desk.store, "OP-003", {"title": title}, "coordinator", desk.now, seen)
            compared.reset_mock()
            assert all(title in browser.get("/").text for _ in range(3))
            assert compared.call_count == 1


def test_an_entry_that_waits_does_not_write_the_year_anew(desk: Desk) -> None:
    browser = desk.browser()
    with mock.patch("arshjul.actions.draft.draft.scenario_bytes", wraps=scenario_bytes) as written:
        browser.send(browser.get("/operations/OP-001"), "/operations/OP-001", ask="left_out")
        first = written.call_count
        browser.send(browser.get("/operations/OP-002"), "/operations/OP-002", ask="left_out")
        assert (first, written.call_count) == (1, 1)
    shown = browser.get("/")
    assert "OP-001" in shown.text
    assert "OP-002" in shown.text


def test_nothing_is_to_be_published_while_entries_alone_wait(desk: Desk) -> None:
    browser = desk.browser()
    browser.send(browser.get("/operations/OP-001"), "/operations/OP-001", ask="left_out")
    with mock.patch("arshjul.actions.draft.publish_draft.difference") as worked_out:
        assert "Allt är publicerat" in browser.get("/publish").text
    assert not worked_out.called
