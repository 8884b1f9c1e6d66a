"""Improvements in words: what has become of each."""

from collections.abc import Mapping

from arshjul.agenda.improvements import State
from arshjul.errors import Message

STATES: Mapping[State, Message] = {
    "open": Message("open"),
    "done": Message("done, not checked yet"),
    "checked": Message("checked: it helped"),
    "dropped": Message("dropped"),
}
"""What has become of an improvement, by its state."""
