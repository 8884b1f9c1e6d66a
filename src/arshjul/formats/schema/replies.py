"""What a contact answers to its party's questions, as the portal sends it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from arshjul.domain.declaration import Day, Id
from arshjul.domain.entries.answer import MOST_INSTEAD, Reply
from arshjul.formats.words import Written

LONGEST_REMARK = 500
MOST_ANSWERS = 200


class WrittenOtherSlot(Written):
    """A slot at which the party could come instead."""

    day: Day = Field(alias="date")
    shift: Id


class WrittenReply(Written):
    """The answer to the question of that name. `remark`: for the coordinator alone. `instead` binds nothing."""

    question: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    answer: Reply
    remark: Annotated[str, Field(max_length=LONGEST_REMARK)] = ""
    instead: Annotated[list[WrittenOtherSlot], Field(max_length=MOST_INSTEAD)] = []


class WrittenReplies(Written):
    """Answers that were sent together."""

    answers: Annotated[list[WrittenReply], Field(min_length=1, max_length=MOST_ANSWERS)]


def read_replies(body: Mapping[str, object]) -> list[WrittenReply]:
    """The answers of an entry in JSON, which was judged when it was sent."""
    return WrittenReplies.model_validate(body, context={"json": True}).answers
