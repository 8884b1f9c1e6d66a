"""A page is in its reader's language, also where the plan it shows was written in another."""

from dataclasses import replace
from pathlib import Path

from arshjul.office.draft.import_year import import_year
from arshjul.office.store.store import make_store
from tests import years
from tests.office.console.conftest import NOW, Desk
from tests.office.console.test_entry_forms import chosen


def test_reasons_of_a_plan_in_english_are_told_in_swedish(tmp_path: Path) -> None:
    year = replace(years.scenario(3, 2, 1), language="en")
    many = replace(year.operations["OP-001"], officers=200, sector="restaurant")
    year = replace(year, operations={**year.operations, "OP-001": many})
    store = make_store(str(tmp_path / "year.db"))
    import_year(year, lambda: store, "test", NOW, lambda *_: None)
    browser = Desk(store, NOW).browser()
    browser.post("/language", {"token": browser.get("/").field("token"), "language": "sv"})
    begun = browser.press("/options")
    options = browser.get(begun.headers["location"])
    assert "Minst fattas" in options.text
    assert "least is missing" not in options.text.casefold()
    chosen(browser, begun, "first")
    own = browser.get("/operations/OP-001").text
    assert "minst fattas" in own.casefold()
    assert "least is missing" not in own.casefold()
