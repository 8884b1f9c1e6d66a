"""`mail`: read, written where something is said, kept by a workbook, and judged."""

from pathlib import Path
from shutil import copytree

import pytest

from arshjul.domain.party_mail import MailWords
from arshjul.errors import InputError
from arshjul.formats.reading.scenario import read_scenario
from arshjul.formats.scenario.scenario_json import scenario_mapping
from tests.acceptance.command import done

TUTORIAL = Path(__file__).parents[2] / "scenarios" / "tutorial"
WHOLE = """{from_name: Samordningen,  greeting: "Hej, alla!", closing: Hälsningar,
  phone: "031-390 06 00", reply_to: samordning@example.se}"""


def scenario_with(folder: Path, section: str) -> Path:
    copied = copytree(TUTORIAL, folder / "scenario")
    (copied / "mail.yaml").write_text(f"mail: {section}\n")
    return copied


def test_its_words_are_read_and_kept_by_a_workbook(tmp_path: Path) -> None:
    path, expected = (
        scenario_with(tmp_path, WHOLE),
        MailWords("Samordningen", "Hej, alla!", "Hälsningar", "031-390 06 00", "samordning@example.se"),
    )
    scenario, book = read_scenario(path).scenario, tmp_path / "book.xlsx"
    assert scenario.mail == expected
    done("workbook", path, "-o", book)
    assert read_scenario(book).scenario.mail == expected


def test_each_may_be_left_out_and_nothing_is_not_written(tmp_path: Path) -> None:
    assert read_scenario(scenario_with(tmp_path, "{phone: 031-390 06 00}")).scenario.mail == MailWords(
        phone="031-390 06 00"
    )
    assert "mail" not in scenario_mapping(read_scenario(TUTORIAL).scenario)


@pytest.mark.parametrize(
    ("section", "kind", "key"),
    [
        ("{from_name: ''}", "bad-value", "from_name"),
        (f"{{from_name: {'x' * 121}}}", "bad-value", "from_name"),
        (f"{{greeting: {'x' * 121}}}", "bad-value", "greeting"),
        (f"{{closing: {'x' * 121}}}", "bad-value", "closing"),
        ("{phone: ring mig}", "bad-value", "phone"),
        ('{reply_to: "a@example.se\\nBcc: b@example.se"}', "bad-value", "reply_to"),
        ('{reply_to: "a@example.se, b@example.se"}', "bad-value", "reply_to"),
        ("{sender: Samordningen}", "unknown-key", "sender"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(tmp_path: Path, section: str, kind: str, key: str) -> None:
    with pytest.raises(InputError) as refused:
        read_scenario(scenario_with(tmp_path, section))
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.kind) == ("mail.yaml", 1, kind)
    assert problem.path == f"mail.{key}"
