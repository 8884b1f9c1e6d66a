"""Figures, and groups of them: a report is a list of these, and each way to show it walks the list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from arshjul.errors import Message


class Figure(NamedTuple):
    """A number and its name in words, and of how many, if it is a share. `n` None: not known, and `label` says why.

    Programs know it by `part`, by the `id` of what it is about, and by `key`; `part` empty: it is of the whole.
    """

    key: str
    label: Message
    n: float | None
    of: int | None = None
    part: str = ""
    id: str = ""

    @property
    def said(self) -> Message:
        """The figure on a line."""
        if self.n is None:
            return self.label
        values = {"what": self.label, "n": self.n, "of": self.of}
        return Message("{what}: {n}", values) if self.of is None else Message("{what}: {n} of {of}", values)


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures under a heading."""

    heading: Message
    figures: Sequence[Figure]


def group_lines(groups: Iterable[FigureGroup]) -> Iterable[tuple[Message, list[Message]]]:
    """The figures as lines under their headings."""
    return ((group.heading, [one.said for one in group.figures]) for group in groups)


def tree(figures: Iterable[Figure], parts: Iterable[str] = ()) -> dict[str, dict[str, object]]:
    """The figures for programs: by part, and there by what they are about, or else by key.

    `parts`: those that are there without figures too.
    """
    found: dict[str, dict[str, object]] = {part: {} for part in parts}
    for one in figures:
        value = one.n if one.of is None else {"n": one.n, "of": one.of}
        found.setdefault(one.part, {})[one.id or one.key] = value
    return found
