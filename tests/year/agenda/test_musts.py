"""A must that falls is called one, first and in red, at every door; a letter begins with it."""

import re
from dataclasses import replace
from datetime import time, timedelta
from io import BytesIO

import openpyxl
import pytest
import typer

from arshjul.cli.console import Console
from arshjul.cli.questions import tell_changes
from arshjul.year.agenda.overview import overview
from arshjul.year.agenda.revised import alarms
from arshjul.year.domain.settings import Cycle, Every, Meeting
from arshjul.year.planning.letters.notices import notices
from arshjul.year.render.page.page import page
from arshjul.year.render.workbook import plan_workbook
from arshjul.year.sheets import RED
from tests.builders import operation, placement, swedish
from tests.year.planning.letters.test_notices import OLD, replanned, year

YEAR = year(operation("OP-001"), operation("OP-002", must=True), operation("OP-003"))
BEFORE = {id: placement(id) for id in YEAR.operations}
_, FALLEN = replanned(YEAR, BEFORE["OP-002"], None)
assert FALLEN.base is not None
FALLEN = replace(FALLEN, base=replace(FALLEN.base, placements=BEFORE))
SAID = "Ett oplacerat måste: OP-002 (Restaurang, Göteborg City)."


def test_the_terminal_says_it_first_and_in_red(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    painted = []
    monkeypatch.setattr(typer, "secho", lambda text, **looks: painted.append((text, looks["fg"])))
    tell_changes(Console(swedish()), notices(YEAR, YEAR, BEFORE, FALLEN))
    assert painted == [(SAID, typer.colors.RED)]
    assert capsys.readouterr().out.splitlines()[0].startswith("OP-002 ")


def test_sentences_and_letters_begin_with_what_falls_musts_first() -> None:
    news = notices(YEAR, YEAR, BEFORE, FALLEN)
    assert news.letters
    for lines in (news.sentences, *(letter.lines for letter in news.letters)):
        assert [swedish().say(line)[:6] for line in lines] == ["OP-002", "OP-001", "OP-003"]
    assert "måste" not in " ".join(swedish().say(line) for letter in news.letters for line in letter.lines)


def test_the_page_begins_with_it() -> None:
    made = page(overview(YEAR, FALLEN), swedish()).decode()
    assert re.findall(r'class="verdict [^"]*">\s*<strong[^>]*>([^<]*)', made)[0] == SAID
    assert f'<strong class="alarm">{SAID}' in made


def test_the_workbook_has_it_first_and_in_red() -> None:
    book = openpyxl.load_workbook(BytesIO(plan_workbook(overview(YEAR, FALLEN), swedish())))
    changed, out = book["Ändrat"], book["Oplacerat"]
    assert [changed["A2"].value, changed["C2"].value] == ["OP-002", "måste, oplacerad"]
    assert [out["A2"].value, out["F2"].value] == ["OP-002", "ja"]
    for cell in (changed["C2"], out["F2"]):
        assert cell.font.color.rgb == f"FF{RED[1:]}"
    assert changed["C3"].font.color is None or changed["C3"].font.color.rgb != f"FF{RED[1:]}"


def test_nothing_is_said_where_every_must_has_a_place() -> None:
    assert notices(YEAR, YEAR, BEFORE, replace(FALLEN, placements=tuple(BEFORE.values()))).alarms == ()


@pytest.mark.parametrize(("start", "is_told"), [(time(13), True), (time(15), False), (time(8), False), (None, False)])
def test_an_operation_during_a_meeting_of_its_agencies_is_told_where_it_comes_there(
    start: time | None, is_told: bool
) -> None:
    meeting = Meeting("m", "Nätverksträff", (OLD.slot.day,), start, 60, agencies=("skatteverket",))
    there = replace(year(operation()), cycle=Cycle(meetings=(meeting,)))
    said = "Nätverksträff tisdag 2 mars 2027 13:00 krockar med OP-001, för samma parter."
    assert [*map(swedish().say, alarms(there, {"OP-001": OLD}, {}))] == [said] * is_told
    assert alarms(there, {"OP-001": OLD}, {"OP-001": OLD}) == (), "it stood there before"
    others = replace(meeting, agencies=("arbetsmiljoverket",))
    assert alarms(replace(there, cycle=Cycle(meetings=(others,))), {"OP-001": OLD}, {}) == ()


@pytest.mark.parametrize(("days", "is_told"), [(0, True), (1, False)])
def test_so_it_is_during_a_standing_meeting_which_has_no_dates_of_its_own(days: int, is_told: bool) -> None:
    rhythm = Every((OLD.slot.day + timedelta(days)).weekday(), time(13))
    meeting = Meeting("m", "Nätverksträff", (), every=rhythm, agencies=("skatteverket",))
    there = replace(year(operation()), cycle=Cycle(meetings=(meeting,)))
    said = "Nätverksträff tisdag 2 mars 2027 13:00 krockar med OP-001, för samma parter."
    assert [*map(swedish().say, alarms(there, {"OP-001": OLD}, {}))] == [said] * is_told
