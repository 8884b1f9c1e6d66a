"""The names of keys in a sentence, such as the description of an edit."""

from collections.abc import Mapping
from functools import cache

from arshjul.domain.operation import Operation
from arshjul.errors import Message
from arshjul.formats.schema.declared import shape
from arshjul.formats.schema.fields import keys
from arshjul.formats.schema.scenario import WrittenScenario
from arshjul.formats.schema.settings import WrittenPlan
from arshjul.formats.words import Written

_CALLED = {"rules": "settings", "report": "figures"}
"""The sections with another name in `Scenario`, and that name."""


@cache
def labels() -> Mapping[str, Message]:
    """The words, by the keys of an operation, and by `scenario.` and the attributes of a scenario."""
    sections = {**_labels(WrittenPlan), **_labels(WrittenScenario)}
    return _labels(shape(Operation)) | {f"scenario.{_CALLED.get(key, key)}": one for key, one in sections.items()}


def _labels(shape: type[Written]) -> dict[str, Message]:
    return {key.path[0]: key.told.label for key in keys(shape) if key.told.label is not None}
