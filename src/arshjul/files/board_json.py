"""Board files (arshjul-board/1) and their solutions: contract 4.

A board file comes from anywhere, so everything in it is checked before a board is made: types,
ranges, ids, and sizes that would take the machine down. Every problem says its place in the file.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from arshjul.board import Activity, Board, Conflict, Lag, Option, Row
from arshjul.errors import InputError, Message, Problem
from arshjul.files.board_writing import FORMAT, Json, why
from arshjul.files.json_guard import json_data
from arshjul.files.schema.words import unknown

LARGEST = 2**31 - 1
MOST_BYTES = 200_000_000  # assumption: four times what a whole country's year takes
MOST_OPTIONS = 2_000_000  # assumption: beyond it memory ends before any engine does
MOST_PROBLEMS = 100  # a file from a broken program repeats itself

_KEYS = {
    "board": ({"format", "levels", "steps", "resources", "activities"}, {"lags", "conflicts", "rows"}),
    "resource": ({"capacity"}, set()),
    "activity": ({"id", "unplaced", "options"}, set()),
    "option": ({"start"}, {"demand", "costs", "length"}),
    "lag": ({"before", "after"}, {"min", "max"}),
    "conflict": ({"between"}, {"steps"}),
    "row": ({"terms", "at_most"}, {"rule", "about", "over"}),
}


def read_board(path: Path) -> Board:
    """The board in a file. InputError with all that is wrong in it (the first hundred)."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            text = Message("The file has more than {most} bytes.", {"most": MOST_BYTES})
            raise InputError(_cannot(path.name), [Problem("too-large", text, path.name)])
        data = path.read_bytes()
    except OSError as error:
        text = Message("{file} cannot be opened: {why}", {"file": str(path), "why": why(error)})
        raise InputError(text) from None
    return board_of(json_data(data, path.name, MOST_BYTES), path.name)


def board_of(value: object, file: str = "") -> Board:
    """The board that this JSON value describes."""
    reader = _Reader(file)
    board = reader.board(value)
    if reader.problems or board is None:
        raise InputError(_cannot(file), reader.problems)
    return board


def _cannot(file: str) -> Message:
    return Message("{file} is no board that can be solved.", {"file": file})


class _Enough(Exception):
    """So many problems that the rest does not matter."""


class _Reader:
    """Turns JSON into a board part by part, and notes what is wrong on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.levels: tuple[str, ...] = ()
        self.number: dict[str, int] = {}
        self.sizes: list[int] = []
        self.first: list[int] = []

    def board(self, value: object) -> Board | None:
        try:
            return self._board(value)
        except _Enough:
            return None

    def _board(self, value: object) -> Board | None:
        mapping = self.mapping(value, "", "board")
        if mapping is None:
            return None
        if mapping["format"] != FORMAT:
            self.wrong("bad-value", "format", Message('The format must be "{format}".', {"format": FORMAT}))
            return None
        self.levels = tuple(self._levels(mapping["levels"]))
        steps = self.integer(mapping["steps"], "steps", 0)
        capacities = self._capacities(mapping["resources"])
        activities = list(self._activities(mapping["activities"], LARGEST if steps is None else steps, capacities))
        lags = [lag for lag in self._lags(mapping.get("lags", [])) if lag is not None]
        conflicts = [c for c in self._conflicts(mapping.get("conflicts", [])) if c is not None]
        rows = [row for row in self._rows(mapping.get("rows", [])) if row is not None]
        if self.problems or steps is None:
            return None
        return Board(self.levels, steps, capacities, activities, lags, conflicts, rows)

    # What every part is checked with.

    def wrong(self, kind: str, path: str, text: Message) -> None:
        self.problems.append(Problem(kind, text, self.file, None, path))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Enough

    def integer(self, value: object, path: str, least: int = -LARGEST, most: int = LARGEST) -> int | None:
        """The value if it is a whole number in range; truth values are none."""
        if type(value) is not int:
            self.wrong("wrong-type", path, Message("A whole number belongs here."))
        elif not least <= value <= most:
            text = Message(
                "{given} is out of range: {least} to {most}.", {"given": _shown(value), "least": least, "most": most}
            )
            self.wrong("bad-value", path, text)
        else:
            return value
        return None

    def items(self, value: object, path: str) -> list[Any]:
        if isinstance(value, list):
            return value
        self.wrong("wrong-type", path, Message("A list belongs here."))
        return []

    def mapping(self, value: object, path: str, what: str | None = None) -> Json | None:
        """The value if it is a mapping, with the keys of `what`; None if it cannot be read on."""
        if not isinstance(value, dict):
            self.wrong("wrong-type", path, Message("A mapping belongs here."))
            return None
        if what is None:
            return value
        needed, more = _KEYS[what]
        for key in value.keys() - needed - more:
            text = unknown(key, needed | more, Message("This key is unknown"))
            self.wrong("unknown-key", f"{path}.{key}" if path else key, text)
        missing = needed - value.keys()
        for key in sorted(missing):
            self.wrong("bad-value", f"{path}.{key}" if path else key, Message("This key is missing."))
        return None if missing else value

    def word(self, value: object, path: str) -> str:
        if isinstance(value, str):
            return value
        self.wrong("wrong-type", path, Message("A text belongs here."))
        return ""

    # The parts of a board, in the file's order.

    def _levels(self, value: object) -> Iterator[str]:
        seen: set[str] = set()
        for k, level in enumerate(self.items(value, "levels")):
            name = self.word(level, f"levels[{k}]")
            if name in seen:
                self.wrong("bad-id", f"levels[{k}]", Message("This level stands twice."))
            seen.add(name)
            yield name

    def _capacities(self, value: object) -> dict[str, list[int]]:
        capacities: dict[str, list[int]] = {}
        for name, resource in (self.mapping(value, "resources") or {}).items():
            path = f"resources.{name}"
            mapping = self.mapping(resource, path, "resource")
            capacity = self.items(mapping["capacity"], f"{path}.capacity") if mapping else []
            self._amounts(capacity, f"{path}.capacity")
            capacities[name] = capacity
        return capacities

    def _amounts(self, amounts: list[Any], path: str) -> None:
        for k, amount in enumerate(amounts):
            if type(amount) is not int or not 0 <= amount <= LARGEST:
                self.integer(amount, f"{path}[{k}]", 0)

    def _costs(self, value: object, path: str, least: int = -LARGEST) -> dict[str, int]:
        costs = self.mapping(value, path) or {}
        for level, cost in costs.items():
            if level not in self.levels:
                self.wrong(
                    "unknown-id", f"{path}.{level}", unknown(level, self.levels, Message("There is no such level"))
                )
            elif type(cost) is not int or not least <= cost <= LARGEST:
                self.integer(cost, f"{path}.{level}", least)
        return costs

    def _activities(self, value: object, steps: int, capacities: Mapping[str, list[int]]) -> Iterator[Activity]:
        total = 0
        for k, item in enumerate(self.items(value, "activities")):
            path = f"activities[{k}]"
            self.first.append(total)
            mapping = self.mapping(item, path, "activity")
            options = self.items(mapping["options"], f"{path}.options") if mapping else []
            self.sizes.append(len(options))
            total += len(options)
            if total > MOST_OPTIONS:
                self.wrong("too-large", path, Message("A board has at most {most} options.", {"most": MOST_OPTIONS}))
                raise _Enough
            if mapping is None:
                continue
            name = self.word(mapping["id"], f"{path}.id")
            if name in self.number:
                self.wrong("bad-id", f"{path}.id", Message("Another activity has this id."))
            self.number[name] = k
            unplaced = mapping["unplaced"]
            costs = None if unplaced is None else self._costs(unplaced, f"{path}.unplaced")
            made = [self._option(o, f"{path}.options[{n}]", steps, capacities) for n, o in enumerate(options)]
            yield Activity(name, made, costs)

    def _option(self, value: object, path: str, steps: int, capacities: Mapping[str, list[int]]) -> Option:
        mapping = self.mapping(value, path, "option")
        if mapping is None:
            return Option(0)
        start = self.integer(mapping["start"], f"{path}.start", 0, steps - 1) or 0
        demand: dict[str, list[int]] = {}
        if "demand" in mapping:
            for name, amounts in (self.mapping(mapping["demand"], f"{path}.demand") or {}).items():
                place = f"{path}.demand.{name}"
                if name not in capacities:
                    text = unknown(name, capacities, Message("There is no such resource"))
                    self.wrong("unknown-id", place, text)
                    continue
                demand[name] = self.items(amounts, place)
                self._amounts(demand[name], place)
        costs = self._costs(mapping["costs"], f"{path}.costs") if "costs" in mapping else {}
        if "length" in mapping:
            length = self.integer(mapping["length"], f"{path}.length", 1) or 1
        else:
            length = max(map(len, demand.values()), default=1) or 1
        return Option(start, demand, costs, length)

    def _activity(self, value: object, path: str) -> int | None:
        number = self.number.get(value) if isinstance(value, str) else None
        if number is None:
            name = self.word(value, path)
            if isinstance(value, str):
                self.wrong("unknown-id", path, unknown(name, self.number, Message("There is no such activity")))
        return number

    def _lags(self, value: object) -> Iterator[Lag | None]:
        for k, item in enumerate(self.items(value, "lags")):
            path = f"lags[{k}]"
            mapping = self.mapping(item, path, "lag")
            if mapping is None:
                continue
            before = self._activity(mapping["before"], f"{path}.before")
            after = self._activity(mapping["after"], f"{path}.after")
            least = self.integer(mapping["min"], f"{path}.min") if "min" in mapping else None
            most = self.integer(mapping["max"], f"{path}.max") if "max" in mapping else None
            if before is None or after is None:
                continue
            if before == after:
                self.wrong("bad-value", path, Message("An activity cannot follow itself."))
            yield Lag(before, after, least, most)

    def _conflicts(self, value: object) -> Iterator[Conflict | None]:
        for k, item in enumerate(self.items(value, "conflicts")):
            path = f"conflicts[{k}]"
            mapping = self.mapping(item, path, "conflict")
            if mapping is None:
                continue
            between = self.items(mapping["between"], f"{path}.between")
            if len(between) != 2:
                self.wrong("bad-value", f"{path}.between", Message("Two activities belong here."))
                continue
            first, second = (self._activity(x, f"{path}.between[{n}]") for n, x in enumerate(between))
            steps = None
            if "steps" in mapping:
                listed = self.items(mapping["steps"], f"{path}.steps")
                self._amounts(listed, f"{path}.steps")
                steps = frozenset(listed) if not self.problems else frozenset()
            if first is None or second is None:
                continue
            if first == second:
                self.wrong("bad-value", f"{path}.between", Message("An activity cannot conflict with itself."))
            yield Conflict(first, second, steps)

    def _rows(self, value: object) -> Iterator[Row | None]:
        for k, item in enumerate(self.items(value, "rows")):
            path = f"rows[{k}]"
            mapping = self.mapping(item, path, "row")
            if mapping is None:
                continue
            columns: list[int] = []
            coefficients: list[int] = []
            for n, term in enumerate(self.items(mapping["terms"], f"{path}.terms")):
                column = self._term(term, f"{path}.terms[{n}]")
                if column is not None:
                    columns.append(column)
                    coefficients.append(term[2])
            at_most = self.integer(mapping["at_most"], f"{path}.at_most") or 0
            over = self._costs(mapping["over"], f"{path}.over", 0) if "over" in mapping else None
            rule = self.word(mapping.get("rule", ""), f"{path}.rule")
            about = self.word(mapping.get("about", ""), f"{path}.about")
            yield Row(rule, about, columns, coefficients, at_most, over)

    def _term(self, term: object, path: str) -> int | None:
        """The column of a term; its coefficient is checked here too."""
        if not isinstance(term, list) or len(term) != 3:
            self.wrong("wrong-type", path, Message("A term is a list of activity, option and coefficient."))
            return None
        activity = self._activity(term[0], f"{path}[0]")
        coefficient = self.integer(term[2], f"{path}[2]")
        if activity is None or coefficient is None:
            return None
        option = self.integer(term[1], f"{path}[1]", 0, self.sizes[activity] - 1)
        return None if option is None else self.first[activity] + option


def _shown(value: int) -> str:
    """The number as an error repeats it; a number of thousands of digits is not repeated."""
    return str(value) if value.bit_length() < 100 else "…"
