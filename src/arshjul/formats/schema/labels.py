"""The names of an operation's keys in a sentence, such as the description of an edit."""

from collections.abc import Mapping
from functools import cache

from arshjul.errors import Message
from arshjul.formats.schema.fields import keys
from arshjul.formats.schema.operation import WrittenOperation


@cache
def labels() -> Mapping[str, Message]:
    """The words, by the keys."""
    return {key.path[0]: key.told.label for key in keys(WrittenOperation) if key.told.label is not None}
