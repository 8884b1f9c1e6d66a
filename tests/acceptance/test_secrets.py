"""`sites` stand in scenario.json alone, titles in the coordinator's feed alone."""

from pathlib import Path

import pytest

from tests.acceptance.command import (
    MARCH,
    TUTORIAL_AS_OF,
    Outcome,
    arshjul,
    contents,
    done,
    load,
    save,
    searched,
    write,
)
from tests.acceptance.conftest import SHOOTING, TUTORIAL

CANARIES = ("KanarieREF", "KanarieKROG", "KanarieGATAN")
SITE = '{ref: "KanarieREF-1", name: KanarieKROG AB, address: KanarieGATAN 7}'


def told(said: str) -> list[str]:
    """The canaries in a text, however it is cased."""
    return [canary for canary in (*CANARIES, "Kanarie") if canary.lower() in said.lower()]


def planted(folder: Path, site: str) -> Path:
    """The tutorial with every site replaced by one text."""
    files = {file.name: file.read_text() for file in TUTORIAL.glob("*.yaml")}
    lines = [
        line[: line.index("- {ref")] + "- " + site if "- {ref" in line else line
        for line in files["operations.yaml"].splitlines()
    ]
    return write(folder, files | {"operations.yaml": "\n".join(lines) + "\n"})


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Outcome]]:
    """Every command, as people see it and as programs do, on a scenario full of canaries."""
    home = tmp_path_factory.mktemp("life")
    scenario, plan, march = planted(home / "canaries", SITE), home / "plan", home / "march"
    outcomes = [
        done("plan", scenario, "-o", plan, "--as-of", TUTORIAL_AS_OF),
        done("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", march),
    ]
    asked = [
        ("check", scenario),
        ("verify", march),
        ("explain", plan, "OP-8"),
        ("explain", plan, "OP-1", "--date", "2027-03-04"),
        ("alternatives", plan, "OP-3"),
        ("diff", plan, march),
        ("withdrawals", march),
        ("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "--options-only"),
        ("today", plan, "--withdrawals", SHOOTING, "--as-of", MARCH),
        ("report", march, "--as-of", MARCH),
    ]
    for words in asked:
        outcomes += [done(*words)]
        if words[0] not in {"verify", "withdrawals"}:  # which have no more to tell
            outcomes += [done(*words, "--json")]
    books = home / "books"
    books.mkdir()
    outcomes += [
        done("workbook", march, "--party", "coordinator", "-o", books / "coordinator.xlsx"),
        done("workbook", march, "--party", "miljo", "-o", books / "miljo.xlsx"),
        done("report", march, "--as-of", MARCH, "--xlsx", books / "report.xlsx"),
        done("feeds", plan),
        done("wheel", plan),
        done("plan", scenario, "-o", home / "again", "--as-of", TUTORIAL_AS_OF, "--json"),
        # Whatever comes of it, an error may not tell either.
        arshjul("explain", plan, "OP-77"),
        arshjul("replan", plan, "--as-of", "2026-01-01T00:00", "-o", home / "no"),
        arshjul("explain", plan, "OP-77", "--debug"),
    ]
    return home, outcomes


def test_no_command_tells_a_site(life: tuple[Path, list[Outcome]]) -> None:
    for outcome in life[1]:
        assert not told(outcome.said), outcome


def test_scenario_json_alone_holds_sites(life: tuple[Path, list[Outcome]]) -> None:
    for folder in ("plan", "march", "again", "books"):
        for name, held in searched(life[0] / folder).items():
            found = [canary for canary in CANARIES if canary.encode() in held]
            assert found == (list(CANARIES) if name == "scenario.json" else []), (folder, name)


def test_titles_stand_in_the_coordinators_feed_alone(life: tuple[Path, list[Outcome]]) -> None:
    title = "Bilverkstäder vid kajen"
    for folder in ("plan", "march"):
        for name, held in searched(life[0] / folder).items():
            unfolded = held.decode().replace("\r\n ", "")
            if name.startswith("feeds/"):
                assert (title in unfolded) == name.startswith("feeds/coordinator"), name
            if name in ("wheel.svg", "wheel-public.svg"):  # README: "No titles, no sites"
                assert title not in unfolded
    books = searched(life[0] / "books")
    assert {name for name, held in books.items() if title.encode() in held} == {"coordinator.xlsx"}


def test_board_has_no_name_and_no_place_in_it(tmp_path: Path) -> None:
    scenario = planted(tmp_path / "canaries", SITE)
    outcome = done("dump", scenario, "-o", tmp_path / "board.json")
    text = (tmp_path / "board.json").read_text().lower()
    assert not told(text + outcome.said)
    for word in ("op-1", "op-8", "miljo", "skatteverket", "lpo", "exempelstad", "centrum", "hamnen", "torget", "krog"):
        assert word not in text, word
    for word in ("restaurant", "nightlife", "vehicle", "gvi", "2027"):
        assert word not in text, word


BROKEN: dict[str, str] = {
    "unclosed quote": '{ref: "KanarieREF-1, name: KanarieKROG AB, address: KanarieGATAN 7}',
    "tag": "{ref: !KanarieREF KanarieKROG, name: !!python/object:KanarieGATAN.x {}}",
    "unknown key": "{ref: KanarieREF-1, name: KanarieKROG AB, KanarieGATAN: 7}",
    "duplicate key": "{ref: KanarieREF-1, name: KanarieKROG AB, KanarieGATAN: 7, KanarieGATAN: 8}",
    "list for a word": "{ref: [KanarieREF-1], name: {KanarieKROG: AB}, address: [KanarieGATAN 7]}",
    "word for a mapping": "KanarieREF KanarieKROG KanarieGATAN",
}


def test_debug_tells_no_site_either(tmp_path: Path) -> None:
    for name in ("unclosed quote", "tag", "unknown key", "list for a word"):
        scenario = planted(tmp_path / name.replace(" ", "-"), BROKEN[name])
        seen = arshjul("plan", scenario, "-o", tmp_path / "out", "--debug")
        assert seen.code == 2, seen
        assert not told(seen.said), seen


def test_broken_scenario_json_tells_nothing(life: tuple[Path, list[Outcome]], tmp_path: Path) -> None:
    held = contents(life[0] / "plan")
    text = held["scenario.json"].decode()
    for number, broken in enumerate(
        (text[: text.index("KanarieGATAN")], text.replace('"KanarieKROG AB"', "KanarieKROG"))
    ):
        folder = tmp_path / str(number)
        (folder / "feeds").mkdir(parents=True)
        for name, some in held.items():
            (folder / name).write_bytes(some)
        (folder / "scenario.json").write_text(broken)
        plan = load(folder / "plan.json")
        del plan["scenario"]  # "may be absent, where it stands it must match"
        save(folder / "plan.json", plan)
        for words in (("verify", folder), ("feeds", folder), ("explain", folder, "OP-1")):
            seen = arshjul(*words)
            assert seen.code == 2, seen
            assert not told(seen.said), seen


def test_new_operation_in_changes_yaml_is_as_secret(tmp_path: Path, made_tutorial: Path) -> None:
    changes = tmp_path / "changes.yaml"
    operation = """
operations:
  - id: OP-9
    title: Fler salonger
    programme: akc
    lead_agency: skatteverket
    sector: beauty
    area: hamnen
    priority: 1
    officers: 2
    agencies: {skatteverket: 1}
    sites: [SITE]
"""
    changes.write_text(operation.replace("SITE", SITE))
    seen = done("replan", made_tutorial, "--changes", changes, "--as-of", MARCH, "-o", tmp_path / "out")
    assert not told(seen.said), seen
    for name, held in searched(tmp_path / "out").items():
        assert (b"Kanarie" in held) == (name == "scenario.json"), name
    for broken in ("unknown key", "unclosed quote", "duplicate key", "word for a mapping"):
        changes.write_text(operation.replace("SITE", BROKEN[broken]))
        seen = arshjul("replan", made_tutorial, "--changes", changes, "--as-of", MARCH, "-o", tmp_path / "no")
        assert seen.code == 2, seen
        assert not told(seen.said), seen
        assert not (tmp_path / "no").exists()
