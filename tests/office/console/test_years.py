"""What the console keeps of a plan, while threads ask for it side by side."""

from datetime import timedelta
from unittest import mock

from arshjul.office.console.runner import Runner
from arshjul.office.console.years import Kept
from arshjul.office.draft.compare_options import compare_options
from arshjul.office.draft.compare_scenario import waiting_edit
from arshjul.office.draft.edit_operation import edit_operations
from arshjul.office.draft.logbook import entered
from arshjul.office.draft.publish_draft import difference
from arshjul.office.draft.study import work_out
from arshjul.year.formats.plan.plan_folder import scenario_bytes
from arshjul.year.planning.places.finder import moving_nothing
from tests.builders import plan, scenario
from tests.office.console.conftest import Desk
from tests.office.console.test_withdrawal import HIT

OLD, NEW = plan(scenario(), []), plan(scenario(), [])


class KeptBesideAnother(Kept[bytes]):
    """Another thread draws the new plan as soon as this one has made room for the old one's pictures."""

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if value == ((OLD,), []) and isinstance(value, tuple) and value[0][0] is OLD:
            self.of((NEW,), "wheel", lambda: b"new")


def test_no_picture_of_an_old_plan_is_shown_of_a_new_one() -> None:
    drawn = KeptBesideAnother()
    assert drawn.of((OLD,), "wheel", lambda: b"old") == b"old"
    assert drawn.of((NEW,), "wheel", lambda: b"new") == b"new"
    assert drawn.of((NEW,), "wheel", lambda: b"drawn again") == b"new"
    kept: Kept[object] = Kept()
    first = kept.of((OLD,), "sv", object)
    assert kept.of((OLD,), "sv", object) is first
    assert kept.of((OLD,), "en", object) is not first
    assert kept.of((NEW,), "sv", object) is not first


def test_who_looks_too_early_at_what_a_job_finds_spoils_it_for_nobody(desk: Desk) -> None:
    browser, auditor = desk.browser(), desk.browser("auditor")
    with mock.patch.object(Runner, "start"), mock.patch.object(type(desk.console.runner), "start"):
        path = browser.press("/withdrawals/new", **HIT).headers["location"]
    for who in (auditor, browser):
        assert who.get(f"{path}/wheel.svg?option=balanced").status == 422
    assert browser.get(f"{path}/questions?option=balanced").status == 422
    work_out(desk.store, 1, lambda _: None)
    assert "Minst ändringar" in browser.get(path).text
    assert auditor.get(f"{path}/wheel.svg?option=balanced").status == 200


def test_where_an_operation_could_stand_is_worked_out_once_of_each_plan_and_day(desk: Desk) -> None:
    browser = desk.browser()
    with mock.patch("arshjul.office.console.years.moving_nothing", wraps=moving_nothing) as found:
        for n, id in enumerate(("OP-001", "OP-002", "OP-001"), start=1):
            assert browser.get(f"/operations/{id}").status == 200
            assert found.call_count == min(n, 2), id
        desk.now += timedelta(days=1)
        browser = desk.browser()
        browser.get("/operations/OP-001")
        assert found.call_count == 3
        browser.press("/operations/OP-002", ask="left_out")
        browser.get("/operations/OP-001")
        assert found.call_count == 3, "what waits changes no plan"
        browser.plan()
        browser.get("/operations/OP-001")
        assert found.call_count == 4


def test_a_waiting_edit_is_compared_once_for_all_looks_and_anew_when_another_waits(desk: Desk) -> None:
    browser = desk.browser()
    with mock.patch("arshjul.office.console.years.waiting_edit", wraps=waiting_edit) as compared:
        for title in ("En ny titel", "En annan titel"):
            seen = desk.console.years.now(desk.store).stamp
            edit_operations(desk.store, ["OP-003"], {"title": title}, "coordinator", desk.now, seen)
            compared.reset_mock()
            assert all(title in browser.get("/").text for _ in range(3))
            assert compared.call_count == 1
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    with mock.patch("arshjul.office.console.years.compare_options", wraps=compare_options) as compared:
        first = browser.get(path)
        assert browser.get(path).text == first.text
        assert compared.call_count == 1
    browser.send(first, path, option="balanced")
    with mock.patch("arshjul.office.console.years.difference", wraps=difference) as compared:
        digests = {browser.get("/publish").field("digest") for _ in range(2)}
        assert (len(digests), compared.call_count) == (1, 1)


def test_an_entry_is_put_into_words_once_for_the_log_and_the_first_page(desk: Desk) -> None:
    browser = desk.browser()
    with mock.patch("arshjul.office.draft.stored_draft.scenario_bytes", wraps=scenario_bytes) as written:
        browser.press("/operations/OP-001", ask="left_out")
        with mock.patch("arshjul.office.draft.logbook.entered", wraps=entered) as said:
            shown = [browser.get(path) for path in ("/", "/log", "/log")]
            assert said.call_count == 1
        browser.press("/operations/OP-002", ask="left_out")
        assert written.call_count == 1, "an entry that waits does not write the year anew"
    assert [id in browser.get("/").text for id in ("OP-001", "OP-002")] == [True, True]
    browser.press("/take-back", entry=shown[0].field("entry"))
    with mock.patch("arshjul.office.draft.logbook.entered", wraps=entered) as said:
        assert browser.get("/log").text.count("OP-001 lämnades utanför") == 2
        assert said.call_count == 2
