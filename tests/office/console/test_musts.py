"""A must that falls, and an agency that an operation loses, are said first wherever the coordinator decides."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arshjul.year.domain.calendar import Span
from tests import years
from tests.office.console.conftest import Desk
from tests.office.console.test_voluntary import joined
from tests.office.console.test_withdrawal import HIT

DAY = date(2027, 2, 1)
SAID = "Ett oplacerat måste: OP-000 (Restaurang, Göteborg City)."
BOTH_UNITS = {**HIT, "police": ["p0", "p1"]}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A published year: one operation is a must with a single date, the other one has a voluntary agency."""
    year = years.scenario(2, 3, 2)
    must = replace(year.operations["OP-000"], must=True, window=Span(DAY, DAY), shifts=("day",))
    other = replace(year.operations["OP-001"], agencies={"a0": 1, "a1": 1}, optional_agencies={"a2": 1})
    return joined(tmp_path, replace(year, operations={"OP-000": must, "OP-001": other}), "a2", "OP-001")


def test_a_must_that_falls_is_said_first_and_in_red(desk: Desk) -> None:
    browser = desk.browser()
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **BOTH_UNITS).headers["location"]
    options = browser.get(path)
    assert SAID in options.text
    assert options.text.index(SAID) < options.text.index("Inställda insatser")
    assert b'class="wrong out" role="alert"' in options.body
    assert re.search(r"OP-000 [^:]*? måste berörs", options.text)
    browser.send(options, path, option="fewest-changes")
    shown = browser.get("/publish")
    assert b'<p class="wrong out" role="alert">' in shown.body
    assert shown.text.index(SAID) < shown.text.index("Ändringar")


def test_nothing_is_said_of_musts_that_stand(desk: Desk) -> None:
    browser = desk.browser()
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]
    assert "Ett oplacerat måste" not in browser.get(path).text


def test_an_agency_that_an_operation_loses_is_said_before_the_choice(desk: Desk) -> None:
    browser = desk.browser()
    lost = {"agency": "a2", "from": "2027-02-03", "to": "2027-02-03"}
    browser.send(browser.get("/teams-lost"), "/teams-lost", **lost)
    path = browser.send(browser.get("/"), "/options").headers["location"]
    differs = browser.get(path).text.partition("Insatser som skiljer")[2]
    assert "OP-001" in differs
    assert "som i dag utan Myndighet 2" in differs
