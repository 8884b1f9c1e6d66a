"""`check` reads the town's grounds.yaml: what is wrong in it, and which pairs of protection and ground it refuses."""

from pathlib import Path

import pytest

from tests.acceptance.command import arshjul, copied, done
from tests.acceptance.conftest import TUTORIAL

GROUNDS = """\
protections:
  - {id: "17:1", name: 17 kap. 1 § OSL, chapter: 17, text: Planläggning av inspektion.}
  - {id: "27:1", name: 27 kap. 1 § OSL, chapter: 27, text: Beskattning.}
grounds:
  - {id: consent, name: 10 kap. 1 § OSL, text: Samtycke.,
     refuses: [{first: 15, last: 20, because: Det skyddar det allmänna.}]}
  - {id: duty, name: 10 kap. 28 § OSL, text: En lag säger det.}
"""


def folder(tmp_path: Path, text: str) -> Path:
    made = copied(TUTORIAL, tmp_path / "town")
    (made / "grounds.yaml").write_text(text)
    return made


def test_every_refused_pair_is_said_in_words_with_what_is_not_refused(tmp_path: Path) -> None:
    town = folder(tmp_path, GROUNDS)
    said = done("check", town, "--grounds").out
    assert (
        "10 kap. 1 § OSL kan inte användas för det som 17 kap. 1 § OSL skyddar: Det skyddar det allmänna. "
        "Listan utesluter ingen av dessa: 10 kap. 28 § OSL." in said
    )
    assert "27 kap. 1 §" not in said
    assert "10 kap. 1 § OSL kan inte" not in done("check", town).out
    assert done("check", town, "--json").json()["refused_grounds"] == [
        {"protects": "17:1", "ground": "consent", "because": "Det skyddar det allmänna.", "instead": ["duty"]}
    ]
    assert "refused_grounds" not in done("check", TUTORIAL, "--json").json()


def test_the_list_of_the_folder_that_the_plan_names_is_read() -> None:
    found = done("check", "scenarios/goteborg-2027", "--json").json()["refused_grounds"]
    assert {(one["protects"], one["ground"]) for one in found} >= {("17:1", "10:15a"), ("18:1", "consent")}
    assert all(one["because"] and one["instead"] for one in found)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("chapter: 17", "chapter: 170", (2, "protections[0].chapter")),
        ('id: "27:1"', 'id: "17:1"', (3, "protections[1].id")),
        ("first: 15, last: 20", "first: 20, last: 15", (6, "grounds[0].refuses[0].last")),
        ("because: Det skyddar det allmänna.", "", (6, "grounds[0].refuses[0].because")),
        ("text: En lag säger det.", "text: [x]", (7, "grounds[1].text")),
    ],
)
def test_what_is_wrong_in_it_is_told_with_its_place(tmp_path: Path, old: str, new: str, place: tuple[int, str]) -> None:
    assert old in GROUNDS
    seen = arshjul("check", folder(tmp_path, GROUNDS.replace(old, new)), "--json")
    assert seen.code == 2
    (problem,) = seen.json()["errors"]
    assert (problem["file"], problem["line"], problem["path"]) == ("grounds.yaml", *place)
    assert problem["text"]


def test_what_can_be_given_on_no_ground_is_doubted(tmp_path: Path) -> None:
    of_both = GROUNDS.replace("text: En lag säger det.", "text: T, refuses: [{first: 1, last: 26, because: Nej.}]")
    found = done("check", folder(tmp_path, of_both), "--json").json()["warnings"]
    doubt = next(one for one in found if one["kind"] == "no-ground")
    assert (doubt["file"], doubt["line"], doubt["path"]) == ("grounds.yaml", 2, "protections[0].chapter")
    assert "ta bort skyddet" in doubt["text"]
