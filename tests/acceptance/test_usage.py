"""Commands that are called wrongly, and pages of help: in the language of whoever sits there, with exit code 2 or 0."""

import re
from pathlib import Path

import pytest

from tests.acceptance.command import MARCH, TUTORIAL_AS_OF, Outcome, arshjul, copied, done, load, save
from tests.acceptance.conftest import SHOOTING, TUTORIAL

# What the library under the commands would say itself.
LIBRARY = re.compile(
    r"Usage|Error|Missing|Invalid|No such|Did you mean|Try|Options|Arguments|Commands\b|Show this|\[required|default:"
    r"|env var|Install completion|requires|extra arg|Input should"
)
MISTAKES = [
    (("slove",), 'Kommandot "slove" finns inte. Kanske `solve`'),
    (("qqq",), 'Kommandot "qqq" finns inte.'),
    (("plan",), "'SCENARIO' saknas."),
    (("replan", "x"), "'--as-of' saknas."),
    (("plan", "x", "-o"), 'Flaggan "-o" behöver ett värde.'),
    (("plan", "x", "-o", "y", "--seed", "abc"), "'--seed': \"abc\" är inget heltal."),
    (("plan", "x", "-o", "y", "--seed", "1.5"), "'--seed': \"1.5\" är inget heltal."),
    (("plan", "x", "-o", "y", "--time-limit", "lång"), "'--time-limit': \"lång\" är inget tal."),
    (("plan", "x", "-o", "y", "--time-limit", "0"), "'--time-limit': \"0\" är för litet: minst 0.1."),
    (("serve", "--port", "70000"), "'--port': \"70000\" är för stort: högst 65535."),
    (("schema", "x"), "'DOCUMENT': \"x\" är inget av scenario, entries, objects, sheet."),
    (("verify", "a", "b"), 'För många argument: "b".'),
    (("verify", "a", "--jsn"), 'Flaggan "--jsn" finns inte. Kanske `--json`?'),
    (("verify", "a", "--qqq"), 'Flaggan "--qqq" finns inte.'),
    (("verify", "a", "--json=1"), 'Flaggan "--json" tar inget värde.'),
    (("--qqq",), 'Flaggan "--qqq" finns inte.'),
    (("unsubscribe", "9" * 23), f"'ID': \"{'9' * 23}\" är för stort: högst 2147483647."),
    (("subscribe", "--rotate", "9" * 23), f"'--rotate': \"{'9' * 23}\" är för stort: högst 2147483647."),
    (("publish", "x", "--reason", "x" * 1001), "'--reason': högst 1000 tecken."),
    (("subscribe", "x", "--label", "x" * 1001), "'--label': högst 1000 tecken."),
]


def test_a_wrong_call_is_told_in_swedish_and_in_english_where_that_is_asked_for(tmp_path: Path) -> None:
    for words, says in MISTAKES:
        seen = arshjul(*words)
        assert (seen.code, seen.out) == (2, ""), seen
        assert f"Fel: {says}" in seen.err, seen
        assert not LIBRARY.search(seen.err), seen
    seen = arshjul("plan", "x", "-o", "y", "--seed", "-1", env={"ARSHJUL_LANGUAGE": "en"})
    assert seen.code == 2
    assert "Usage: " in seen.err
    assert "--help` tells more." in seen.err
    assert "Error: '--seed': \"-1\" is too small: at least 0." in seen.err
    seen = arshjul("\x1b[2Jplan\n")
    assert seen.code == 2
    assert "\x1b" not in seen.said
    assert arshjul("plan", "x", "-o", tmp_path / "y", "--seed", "abc").code == 2
    assert not (tmp_path / "y").exists()
    seen = arshjul()
    assert seen.code == 2
    assert len(re.findall(r"^  arshjul \w+", seen.said, re.M)) == 3
    assert "arshjul --help" in seen.said


def test_help_is_in_one_language_and_a_shell_is_offered_commands() -> None:
    for words in [("--help",), ("plan", "--help"), ("subscribe", "-h"), ("restore", "--help")]:
        page = done(*words).out
        assert page.startswith("Användning: ")
        assert not LIBRARY.search(page), page
        english = done(*words, env={"ARSHJUL_LANGUAGE": "en"}).out
        assert english.startswith("Usage: ")
        assert "Options:\n" in english
        assert "Show this page." in english
    for typed, offered in [("arshjul ", ["plan", "serve"]), ("arshjul pl", ["plan"])]:
        asked = {"_ARSHJUL_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": "1"}
        seen = arshjul(env=asked)
        assert (seen.code, seen.err) == (0, "")
        assert set(offered) <= set(seen.out.split()), seen.out


def test_no_command_leaves_a_core_behind() -> None:
    at_the_end = "import atexit, resource; atexit.register(lambda: print(resource.getrlimit(resource.RLIMIT_CORE))); "
    assert arshjul("--version", prelude=at_the_end, anew=True).out.splitlines()[-1] == "(0, 0)"


# What a command tells people is Swedish for a Swedish plan, and English for an English one.


ENGLISH = set(
    """
    the is are was were and or not of to from with without by it its this that these those there here which what who
    has have had does can cannot will would could should must only more most less than then when where because
    written operation operations officers officer slot slots shift shifts week month months day days year years
    proven bound value moved dropped called placed unplaced late changes change answered cause left
    needed offers offered asked warning warnings errors error file folder line given known unknown wrong missing
    same first each other another free team teams notice points delivered lost moves nothing one two
    """.split()  # noqa: SIM905 - words are read more easily than a list of them
)
"""Words of English that are none of Swedish (`plan` would be both), nor what a mistake may give (`no`)."""
SWEDISH = set(
    """
    och är på av med utan som inte ingen inget inga det den ett från finns kan ska måste vid för poliser insats
    insatser tillfällen tillfälle ändringar måsten prioritet kvalitet flyttas ställs låg varsel planen bevisat värde
    drabbad drabbade insatspolis vecka månad dagar dag hinner räcker saknas varning varningar eller
    """.split()  # noqa: SIM905
)
IDS = re.compile(
    r"fewest-changes|balanced|most-delivered|points-and-changes|from-scratch"  # words that a program reads
    r"|musts|points|quality|changes|lpo-exempelstad|granspolisen|OP-\d+|W-\d+"
    r"|(?:[\w.-]*/)+[\w.-]*|[\w-]+\.(?:json|yaml|html|svg|ics)"
    r"|[a-z]+(?:-[a-z]+)+"  # ids of rules and parties
    r"|\"[^\"]*\"|--[a-z-]+|\b(?:day|evening|night)\b|operations(?:\[\d+\][\w.\[\]]*)?|[a-z_]+\[\d+\][\w.\[\]]*"
)
NAMED_SECTIONS = re.compile(
    r"\b(plan|calendar|shifts|names|areas|police|agencies|operations|targets|rules|objective|cycle)\b"
)

NAMES = {
    "language: sv": "language: en",
    "name: Dag": "name: Daytime",
    "name: Kväll": "name: Evening",
    "name: Natt": "name: Night",
    "Fordon och verkstad": "Vehicles",
    "Krog och nattliv": "Nightlife",
}
"""The scenario's own names are told as they are, so the English one has English names."""


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-zåäö]+", NAMED_SECTIONS.sub(" ", IDS.sub(" ", text)).lower()))


def english_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if words(line) & ENGLISH]


def swedish_lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if words(line) & SWEDISH]


def conversation(home: Path, scenario: Path) -> list[Outcome]:
    """What every command says to people, once, from a new process each."""
    plan, march, board = home / "plan", home / "march", home / "board.json"
    (home / "bad.yaml").write_text("withdrawals: [{id: W 1, police: [x], from: 2027-13-01, officers_let: 1}]\n")
    (home / "c.yaml").write_text("cancelled: [OP-1]\n")
    wrong = copied(scenario, home / "wrong")
    text = (wrong / "operations.yaml").read_text()
    (wrong / "operations.yaml").write_text(
        text.replace("priority: 1 ", "priority: 7 ")
        .replace("officers: 4", "officers: no")
        .replace("area: hamnen", "area: hamn")
    )
    said: list[tuple[str | Path, ...]] = [
        ("check", scenario),
        ("check", wrong),
        ("check", home / "none"),
        ("plan", scenario, "-o", plan, "--as-of", TUTORIAL_AS_OF),
        ("verify", plan),
        ("explain", plan, "OP-1"),
        ("explain", plan, "OP-8"),
        ("explain", plan, "OP-1", "--date", "2027-03-04"),
        ("explain", plan, "OP-1", "--date", "2027-03-28"),
        ("explain", plan, "OP-77"),
        ("alternatives", plan, "OP-3"),
        ("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "--options-only"),
        ("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", march),
        ("replan", plan, "--withdrawals", home / "bad.yaml", "--as-of", MARCH, "-o", home / "no"),
        ("replan", plan, "--changes", home / "c.yaml", "--as-of", MARCH, "-o", home / "no"),
        ("replan", plan, "--as-of", "2026-01-01T00:00", "-o", home / "no"),
        ("verify", march),
        ("diff", plan, march),
        ("withdrawals", march),
        ("today", plan, "--withdrawals", SHOOTING, "--as-of", MARCH),
        ("report", march, "--as-of", MARCH),
        ("feeds", march),
        ("wheel", march),
        ("dump", scenario, "-o", board),
        ("solve", board, "-o", home / "solution.json"),
    ]
    return [arshjul(*line) for line in said]


@pytest.fixture(scope="module")
def swedish(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    home = tmp_path_factory.mktemp("sv")
    return conversation(home, copied(TUTORIAL, home / "scenario"))


@pytest.fixture(scope="module")
def english_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("en")
    scenario = copied(TUTORIAL, home / "scenario")
    file = scenario / "plan.yaml"
    text = file.read_text()
    for swedish, own in NAMES.items():
        assert swedish in text
        text = text.replace(swedish, own)
    file.write_text(text)
    return home


@pytest.fixture(scope="module")
def english(english_home: Path) -> list[Outcome]:
    return conversation(english_home, english_home / "scenario")


def test_a_swedish_plan_is_spoken_of_in_swedish(swedish: list[Outcome]) -> None:
    found = {f"{outcome.command[0]}: {line}" for outcome in swedish for line in english_lines(outcome.said)}
    assert not found, "\n".join(sorted(found))


def test_an_english_plan_is_spoken_of_in_english(english: list[Outcome]) -> None:
    # What is asked before a plan is read follows ARSHJUL_LANGUAGE: that is the next test.
    found = {
        f"{outcome.command[0]}: {line}"
        for outcome in english
        for line in swedish_lines(outcome.said)
        if outcome.code == 0 and outcome.command[0] not in {"solve"}
    }
    assert not found, "\n".join(sorted(found))


def test_before_a_plan_is_read_the_environment_decides(tmp_path: Path) -> None:
    for language, foreign in (("en", swedish_lines), ("sv", english_lines)):
        for line in (
            ("check", tmp_path / "none"),
            ("verify", tmp_path / "none"),
            ("solve", tmp_path / "none", "-o", "x"),
        ):
            seen = arshjul(*line, env={"ARSHJUL_LANGUAGE": language})
            assert seen.code == 2
            assert not foreign(seen.said), seen


def test_the_service_speaks_swedish_without_words_of_the_code(made_tutorial: Path, tmp_path: Path) -> None:
    db = ("--db", tmp_path / "a.db")
    done("publish", made_tutorial, "--rehearsal", "--reason", "Årets plan", *db)
    said = [
        done("subscribe", "miljo", "--label", "Eva", "--level", "busy", *db),
        done("subscribe", "coordinator", "--label", "Ada", *db),
        done("unsubscribe", "1", *db),
        done("subscribers", *db),
        done("refresh", *db),
        done("revisions", *db),
        done("doctor", *db),
        done("export-static", tmp_path / "ut", *db),
    ]
    for seen in said:
        # Ids stand in parentheses; names of programs, addresses and hashes have no language.
        words = re.sub(r"\([a-z-]+\)|\S*/\S*|\b[0-9a-f]{64}\b", " ", seen.said)
        assert not re.search(r"\b(busy|area|full|live|revoked|publish|tables|database)\b", words), seen
        assert not english_lines(words), seen


def test_what_is_wrong_with_a_plan_is_told_in_swedish(made_tutorial: Path, tmp_path: Path) -> None:
    for change in ("missing", "claims"):
        folder = copied(made_tutorial, tmp_path / change)
        plan = load(folder / "plan.json")
        if change == "missing":
            plan["unplaced"].clear()
        else:
            plan["status"] = "feasible"
            plan["levels"][1].update(value=1)
            plan["prices"][0]["points"] += 1
        save(folder / "plan.json", plan)
        seen = arshjul("verify", folder)
        assert seen.code == 1, seen
        bare = re.sub(r"\([a-z-]+\)", " ", seen.said)  # the ids by which README and plan.json know them
        assert not re.search(r"\b(placement|points|quality|fair-interest|optimal|feasible)\b", bare), seen
        assert not english_lines(bare), seen


@pytest.mark.parametrize(("name", "says"), [("ingen", "finns inte"), ("mapp", "det är en mapp"), ("fil/x", "en fil")])
def test_what_the_system_would_not_is_told_in_swedish(
    made_tutorial: Path, tmp_path: Path, name: str, says: str
) -> None:
    (tmp_path / "mapp").mkdir()
    (tmp_path / "fil").write_text("")
    wrong, db = tmp_path / name, tmp_path / "a.db"
    done("publish", made_tutorial, "--rehearsal", "--reason", "x", "--db", db)
    for line in (
        ("replan", made_tutorial, "--withdrawals", wrong, "--as-of", MARCH, "--options-only"),
        ("restore", wrong, "--db", tmp_path / "b.db"),
        ("solve", wrong, "-o", tmp_path / "solution.json"),
        ("export-static", tmp_path / "out", "--db", db, "--key-file", wrong / ("" if name == "mapp" else "nyckel")),
    ):
        seen = arshjul(*line)
        assert seen.code == 2, seen
        assert says in seen.err, seen
        assert not english_lines(seen.said), seen


def test_reasons_and_prices_in_files_are_in_the_plans_language(swedish: list[Outcome], english: list[Outcome]) -> None:
    # The order of things: `swedish` and `english` have written their folders.
    for outcomes, foreign in ((swedish, english_lines), (english, swedish_lines)):
        folder = Path(next(o for o in outcomes if o.command[0] == "diff").command[2])
        for name in ("plan.json",):
            texts = re.findall(r'"text": "(.*)"', (folder / name).read_text())
            assert texts
            found = [text for text in texts if foreign(text)]
            assert not found, "\n".join(found)
