"""An edited scenario is told in words, not by the names of keys."""

from dataclasses import fields

from arshjul.domain.entries.amendment import Edited
from arshjul.domain.operation import Operation
from arshjul.domain.scenario import Scenario
from arshjul.formats.schema.labels import labels
from arshjul.planning.letters.edit_told import edit_sentences
from tests.builders import swedish


def test_what_was_edited_is_told_in_the_readers_words() -> None:
    edited = Edited(changed={"OP-1": ("title", "window")}, sections=("police", "settings"))
    assert [swedish().say(one) for one in edit_sentences(edited)] == [
        "OP-1 är ändrad: titel och tidsfönster.",
        "Ändrat därutöver: polisenheterna och reglerna.",
    ]


def test_everything_that_can_be_edited_has_a_word() -> None:
    operation = {one.name for one in fields(Operation) if one.compare} - {
        "id",
        "chosen",
    }  # which agencies of groups come is no part of what is written
    assert operation <= labels().keys()
    kept = {"span", "language", "operations", "taken", "objects"}
    assert {f"scenario.{one.name}" for one in fields(Scenario) if one.name not in kept} <= labels().keys()
