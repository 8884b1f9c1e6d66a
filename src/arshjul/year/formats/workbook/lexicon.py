"""Names that people know, and the ids that they stand for, section by section."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from arshjul.year.domain.scenario import Scenario

_UNSAFE = re.compile(r"[,;\n\r\t]|^[-–—]$|^\s|\s$")


@dataclass(slots=True)
class Lexicon:
    """Ids by name and names by id. A name stands for its id if it is unique, and no id reads the same."""

    _names: dict[str, dict[str, str]] = field(default_factory=dict)
    _ids: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def add(self, section: str, id: str, name: str = "") -> None:
        """A word names a programme too that has no name of its own."""
        if section == "names":
            self.add("programmes", id, name)
        self._names.setdefault(section, {}).setdefault(id, name)
        for word in {id, name} - {""}:
            self._ids.setdefault(section, {}).setdefault(_plain(word), set()).add(id)

    def add_all(self, section: str, items: Iterable[Mapping[str, object]]) -> None:
        for item in items:
            self.add(section, str(item["id"]), str(item.get("name", item.get("title", ""))))

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """All that cells may refer to."""
        made = cls()
        for section, named in (
            ("shifts", scenario.shifts),
            ("areas", scenario.areas.values()),
            ("police", scenario.police.values()),
            ("agencies", scenario.agencies.values()),
            ("programmes", scenario.programmes.values()),
        ):
            for shift in named:
                made.add(section, shift.id, shift.name)
        for id, name in scenario.names.items():
            made.add("names", id, name)
        for operation in scenario.operations.values():
            made.add("operations", operation.id, operation.title)
        made.add_parties()
        return made

    def add_parties(self) -> None:
        """A police unit and an agency are parties too."""
        for section in ("police", "agencies"):
            for id, name in self._names.get(section, {}).items():
                self.add("parties", id, name)

    def all(self, section: str) -> list[str]:
        """The section's ids, in the order in which they were added."""
        return list(self._names.get(section, {}))

    def known_words(self, section: str) -> list[str]:
        return [word for id, name in self._names.get(section, {}).items() for word in (id, name) if word]

    def id(self, section: str, word: str) -> str:
        """The id that is meant; the word itself if it is unknown."""
        if word in self._names.get(section, {}):
            return word
        meant = self._ids.get(section, {}).get(_plain(word), set())
        return next(iter(meant)) if len(meant) == 1 else word

    def shared(self, section: str, word: str) -> set[str]:
        """The ids that a word may stand for if they are several; else none."""
        meant = self._ids.get(section, {}).get(_plain(word), set())
        return meant if len(meant) > 1 and self.id(section, word) not in meant else set()

    def knows(self, section: str, word: str) -> bool:
        return self.id(section, word) in self._names.get(section, {})

    def name(self, section: str, id: str) -> str:
        """The name; empty if it has none."""
        return self._names.get(section, {}).get(id, "")

    def word(self, section: str, id: str) -> str:
        """The name if it is read back as that id, else the id."""
        name = self._names.get(section, {}).get(id, "")
        return name if name and not _UNSAFE.search(name) and self.id(section, name) == id else id


def _plain(word: str) -> str:
    return " ".join(word.split()).casefold()
