"""Objects are bound to frames: what comes out, what stays, what is said, and who learns of it."""

import re
from pathlib import Path

import pytest

from tests.acceptance.command import (
    MARCH,
    TUTORIAL_AS_OF,
    Outcome,
    arshjul,
    contents,
    done,
    levels,
    load,
    searched,
    write,
)
from tests.acceptance.conftest import SHOOTING, TUTORIAL

JANUARY = "2027-01-11T08:00"
SITE = "[{ref: KanarieREF-1, name: KanarieKROG AB, address: KanarieGATAN 7}]"
OBJECTS = f"""
objects:
  - {{id: OBJ-A1, sector: restaurant, area: centrum, priority: 1, interest: {{miljo: 3}}, sites: {SITE}}}
  - {{id: OBJ-A2, sector: food, area: centrum, must: true, sites: {SITE}}}
  - {{id: OBJ-A3, sector: food, area: centrum, nominated_on: 2027-01-20, sites: {SITE}}}
  - {{id: OBJ-A4, sector: restaurant, area: centrum, priority: 3, officers: 2, sites: {SITE}}}
  - {{id: OBJ-B1, sector: vehicle, area: hamnen, agencies: [miljo], officers: 4, sites: {SITE}}}
  - {{id: OBJ-C1, sector: beauty, area: hamnen, sites: {SITE}}}
"""
IDS = sorted(set(re.findall(r"OBJ-\w+", OBJECTS)))


def lines(*wanted: str) -> str:
    """The file with those objects alone."""
    return "objects:\n" + "".join(line + "\n" for line in OBJECTS.splitlines() if any(id in line for id in wanted))


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tutorial, two of whose operations are frames; its plan; objects; and two fillings of it."""
    home = tmp_path_factory.mktemp("framed")
    files = {file.name: file.read_text() for file in TUTORIAL.glob("*.yaml")}
    text = files["operations.yaml"]
    for sector, frame in (("restaurant", "{sectors: [restaurant, food], stops: 2}"), ("vehicle", "{}")):
        text = text.replace(f"    sector: {sector}\n", f"    sector: {sector}\n    frame: {frame}\n", 1)
    write(home / "scenario", files | {"operations.yaml": text, "objects.yaml": OBJECTS})
    done("plan", home / "scenario", "-o", home / "plan", "--as-of", TUTORIAL_AS_OF)
    filled(home, "plan", "filled", home / "scenario")
    return home


def filled(home: Path, folder: str, output: str, objects: Path, as_of: str = JANUARY) -> Outcome:
    return done("fill", home / folder, "--objects", objects, "--as-of", as_of, "-o", home / output, "--json")


def bindings(folder: Path) -> dict[str, list[str]]:
    return {one["operation"]: one["objects"] for one in load(folder / "plan.json").get("bindings", [])}


def unfolded(held: bytes) -> str:
    return held.decode().replace("\r\n ", "")


def test_a_filling_binds_and_moves_nothing(framed: Path) -> None:
    before = contents(framed / "plan")
    seen = filled(framed, "plan", "again", framed / "scenario")
    assert contents(framed / "plan") == before
    assert contents(framed / "again") == contents(framed / "filled")
    plan, old = load(framed / "filled" / "plan.json"), load(framed / "plan" / "plan.json")
    assert (plan["revision"], plan["as_of"]) == (old["revision"] + 1, JANUARY)
    for key in ("placements", "levels", "unplaced", "prices", "status", "base"):
        assert plan[key] == old[key], key
    found = seen.json()
    assert levels(found) == {"musts": (0, 0), "points": (7, 7), "empty": (0, 0), "quality": levels(found)["quality"]}
    assert found["bindings"] == plan["bindings"]
    assert bindings(framed / "filled") == {"OP-1": ["OBJ-A1", "OBJ-A2"], "OP-3": ["OBJ-B1"]}
    reasons = {one["object"]: [reason["rule"] for reason in one["reasons"]] for one in found["unbound"]}
    assert reasons == {"OBJ-A3": ["lead-time"], "OBJ-A4": ["stops"], "OBJ-C1": ["sector"]}
    assert found["empty"] == []
    done("verify", framed / "filled")


def test_the_reasons_are_sentences_and_hopeless_objects_are_warned_of(framed: Path) -> None:
    asked = ("fill", framed / "plan", "--objects", framed / "scenario" / "objects.yaml", "--as-of", JANUARY)
    seen = done(*asked)
    assert "OBJ-A4: passar i OP-1, som är full. Närmast är OP-1: ett besök till i OP-1 skulle hjälpa." in seen.out
    assert "Inget skrevs" in seen.err
    warned = {one["path"]: one for one in done(*asked, "--json").json()["warnings"]}
    assert set(warned) == {"objects[2]", "objects[5]"}
    assert all(one["kind"] == "no-frame" and one["line"] for one in warned.values())
    assert "42 dagars framförhållning" in warned["objects[2]"]["text"]


def test_ids_of_objects_stand_in_the_coordinators_feed_alone_and_their_sites_nowhere(framed: Path) -> None:
    done("replan", framed / "filled", "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", framed / "leaks")
    said = [
        done(command, framed / "leaks", *more).said
        for command, *more in (
            ("verify",), ("log",), ("log", "--json"), ("explain", "OP-3"), ("diff", framed / "filled"),
            ("today", "--as-of", MARCH), ("today", "--as-of", MARCH, "--json"), ("report", "--as-of", MARCH),
            ("alternatives", "OP-1"), ("feeds",), ("wheel",),
            ("fill", "--objects", framed / "scenario", "--as-of", MARCH),
            ("fill", "--objects", framed / "scenario", "--as-of", MARCH, "--json"),
        )
    ]  # fmt: skip
    assert not [text for text in said if "kanarie" in text.lower()]
    for folder in ("filled", "leaks"):
        for name, held in searched(framed / folder).items():
            assert (b"Kanarie" in held) == (name == "scenario.json"), name
            named = [id for id in IDS if id in unfolded(held)]
            if name == "feeds/coordinator.ics":
                assert named == sorted(id for ids in bindings(framed / folder).values() for id in ids)
            elif name not in ("plan.json", "scenario.json", "feeds.json"):  # feeds.json: what feeds say
                assert not named, name


def test_page_feed_today_and_diff_tell_what_was_bound_and_how_many_stops_are_taken(framed: Path) -> None:
    page = (framed / "filled" / "plan.html").read_text()
    assert "2 av 2 besök tagna" in page
    assert "1 av 1 besök taget" in page
    assert "Tillgodosett intresse" in page
    feed = unfolded((framed / "filled" / "feeds" / "coordinator.ics").read_bytes())
    assert "Ram: 2 av 2 besök tagna\\nObjekt: OBJ-A1 och OBJ-A2" in feed
    empty = done("today", framed / "plan", "--as-of", "2027-02-05T07:00", "--json").json()["empty"]
    assert empty == ["OP-1", "OP-3"]
    assert "riskerar att stå tomma" in done("today", framed / "plan", "--as-of", "2027-02-05T07:00").out
    assert done("today", framed / "filled", "--as-of", "2027-02-05T07:00", "--json").json()["empty"] == []
    told = done("diff", framed / "plan", framed / "filled").out
    assert "Bundna till OP-1: OBJ-A1 och OBJ-A2." in told
    assert "Till " not in told  # nobody need be told: no date has changed


def test_what_is_bound_stays_and_what_has_left_the_file_is_free(framed: Path, tmp_path: Path) -> None:
    later = write(tmp_path / "objects", {"objects-2.yaml": lines("OBJ-A2", "OBJ-A3", "OBJ-A4", "OBJ-B1")})
    seen = filled(framed, "filled", "second", later, "2027-01-18T08:00")
    assert bindings(framed / "second") == {"OP-1": ["OBJ-A2", "OBJ-A4"], "OP-3": ["OBJ-B1"]}
    assert seen.json()["freed"] == [{"object": "OBJ-A1", "operation": "OP-1", "rule": "object"}]
    told = done("log", framed / "second").out
    assert "OBJ-A1 är inte längre bundet till OP-1: objektet är borttaget." in told
    assert "3 objekt bundna" in told
    done("verify", framed / "second")


def test_after_a_replan_objects_follow_their_frame_or_are_free(framed: Path, tmp_path: Path) -> None:
    asked = ("--withdrawals", SHOOTING, "--as-of", MARCH, "-o")
    seen = done("replan", framed / "filled", *asked, tmp_path / "follows")
    assert "OP-3 tar med sig sina objekt: OBJ-B1." in seen.out
    assert bindings(tmp_path / "follows")["OP-3"] == ["OBJ-B1"]
    done("verify", tmp_path / "follows")
    # Only so long may it be visited: the frame moves past that.
    narrow = OBJECTS.replace("agencies: [miljo]", "agencies: [miljo], window: {from: 2027-03-01, to: 2027-03-20}")
    write(tmp_path / "narrow", {"objects.yaml": narrow})
    filled(framed, "plan", "narrow", tmp_path / "narrow")
    assert bindings(framed / "narrow")["OP-3"] == ["OBJ-B1"]
    seen = done("replan", framed / "narrow", *asked, tmp_path / "free")
    assert "OBJ-B1 är inte längre bundet till OP-3: ramen ligger utanför dess tidsfönster." in seen.out
    assert bindings(tmp_path / "free") == {"OP-1": ["OBJ-A1", "OBJ-A2"]}
    assert "Ett objekt är inte längre bundet." in (tmp_path / "free" / "plan.html").read_text()
    assert "OBJ-B1 är inte längre bundet" in done("log", tmp_path / "free").out
    done("verify", tmp_path / "free")
    edited = re.sub(r"stops: 2", "stops: 1", (framed / "scenario" / "operations.yaml").read_text())
    files = {file.name: file.read_text() for file in (framed / "scenario").glob("*.yaml")}
    write(tmp_path / "edited", files | {"operations.yaml": edited})
    out = tmp_path / "fewer"
    done("replan", framed / "filled", "--scenario", tmp_path / "edited", "--as-of", "2027-01-20T08:00", "-o", out)
    assert bindings(out) == {"OP-1": ["OBJ-A1"], "OP-3": ["OBJ-B1"]}
    done("verify", out)


def test_a_plan_with_objects_is_not_planned_anew(framed: Path) -> None:
    seen = arshjul("plan", framed / "scenario", "-o", framed / "filled", "--as-of", JANUARY)
    assert seen.code == 4, seen
    assert "objekt i sina ramar" in seen.err


WRONG = {
    "an unknown key": ("area: centrum", "area: centrum, shift: day", "shift", "objects[0].shift", 2),
    "no such area": ("area: centrum", "area: centrun", 'Menade du "centrum"?', "objects[0].area", 2),
    "an operation's id": ("id: OBJ-A2", "id: OP-1", "OP-1", "objects[1].id", 2),
    "a window outside": ("must: true", "window: {from: 2026-01-01, to: 2026-02-01}", "2027", "objects[1].window", 2),
    "another section": ("objects:", "operations:", "operations", "", 2),
    "broken inside a site": ("name: KanarieKROG AB", "name: 'KanarieKROG AB", "", "", 2),
}


def test_wrong_objects_and_other_wrong_input_are_told_with_their_place(framed: Path, tmp_path: Path) -> None:
    for old, new, told, place, code in WRONG.values():
        assert old in OBJECTS
        write(tmp_path, {"objects.yaml": OBJECTS.replace(old, new, 1)})
        asked = ("fill", framed / "plan", "--objects", tmp_path / "objects.yaml", "--as-of", JANUARY)
        seen = arshjul(*asked, "-o", tmp_path / "out")
        assert seen.code == code, seen
        assert not (tmp_path / "out").exists()
        assert "objects.yaml" in seen.err
        assert place in seen.err
        assert told in seen.err
        assert "kanarie" not in seen.said.lower(), seen
    objects = framed / "scenario"
    (tmp_path / "empty").mkdir()
    for code, *words in (
        (2, "--objects", tmp_path / "nowhere.yaml", "--as-of", JANUARY),
        (2, "--objects", tmp_path / "empty", "--as-of", JANUARY),
        (2, "--objects", objects, "--as-of", "2026-01-01T08:00"),
        (2, "--objects", objects, "--as-of", "soon"),
        (2, "--objects", objects),
        (2, "--as-of", JANUARY),
    ):
        seen = arshjul("fill", framed / "plan", *words)
        assert seen.code == code, seen
    with_frame = (framed / "scenario" / "operations.yaml").read_text()
    for frame, place in (("{stops: 0}", "stops"), ("{sectors: []}", "sectors"), ("{stop: 2}", "stop"), ("2", "frame")):
        files = {file.name: file.read_text() for file in (framed / "scenario").glob("*.yaml")}
        text = with_frame.replace("frame: {}", f"frame: {frame}", 1)
        write(tmp_path / "scenario", files | {"operations.yaml": text})
        seen = arshjul("check", tmp_path / "scenario")
        assert seen.code == 2, seen
        assert place in seen.err
