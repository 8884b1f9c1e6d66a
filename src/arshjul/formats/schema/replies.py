"""What a contact answers to its party's questions, as the portal sends it."""

from typing import Annotated

from pydantic import Field

from arshjul.domain.entries.answer import Reply
from arshjul.formats.words import Written

LONGEST_REMARK = 500
MOST_ANSWERS = 200


class WrittenReply(Written):
    """The answer to the question of that name. `remark`: for the coordinator alone."""

    question: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    answer: Reply
    remark: Annotated[str, Field(max_length=LONGEST_REMARK)] = ""


class WrittenReplies(Written):
    """Answers that were sent together."""

    answers: Annotated[list[WrittenReply], Field(min_length=1, max_length=MOST_ANSWERS)]
