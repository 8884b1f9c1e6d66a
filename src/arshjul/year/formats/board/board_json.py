"""Board files (arshjul-board/1) and their solutions: docs/formats.md#board-and-solution.

A board file may come from anywhere, so everything in it is checked before a board is made: types, ranges, ids, and
sizes that would exhaust the machine. Every problem names its place in the file.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from arshjul.errors import InputError, Message, Problem
from arshjul.solver.board import Activity, Board, Conflict, Lag, Option, Row
from arshjul.year.formats.atomic import read_regular
from arshjul.year.formats.board.checks import (
    ACTIVITY,
    BOARD,
    CONFLICT,
    LAG,
    LARGEST,
    OPTION,
    RESOURCE,
    ROW,
    Checks,
    Enough,
    below,
    given,
    no_board,
)
from arshjul.year.formats.board.writing import FORMAT
from arshjul.year.formats.json_guard import json_data, uncollected
from arshjul.year.texts.system import why

MOST_BYTES = 200_000_000  # assumption: twice the size of a whole country's year
MOST_PARTS = 8_000_000  # lists and mappings, which take most of the memory: 2 GB
MOST_OPTIONS = 1_000_000  # assumption: eight times as many as in a whole country's year


def read_board(path: Path) -> Board:
    """InputError with all problems in the file (the first hundred)."""
    try:
        data = read_regular(path, MOST_BYTES)
    except OSError as error:
        text = Message(
            '{file} cannot be opened: {why}. Name a board file from "arshjul dump".',
            {"file": str(path), "why": why(error)},
        )
        raise InputError(text) from None
    n_parts = data.count(b"[") + data.count(b"{")
    if n_parts > MOST_PARTS:
        text = Message(
            "The file has {given} lists and mappings, at most {most} can be read: give fewer options or terms.",
            {"given": n_parts, "most": MOST_PARTS},
        )
        raise no_board(path.name, [Problem("too-large", text, path.name)])
    with uncollected():
        return board_of(json_data(data, path.name, MOST_BYTES, marked=True), path.name)


def board_of(value: object, file: str = "") -> Board:
    reader = _Reader(file)
    board = reader.board(value)
    if reader.problems or board is None:
        raise no_board(file, reader.problems, reader.count)
    return board


class _Reader(Checks):
    """Turns JSON into a board part by part, in the file's order.

    If a list of names is itself wrong, unknown names are not reported, since they may only follow from that. `unsure`
    are the activities whose options are uncertain.
    """

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.levels: tuple[str, ...] = ()
        self.in_doubt: set[str] = set()
        self.unsure: set[str] = set()
        self.number: dict[str, int] = {}
        self.sizes: list[int] = []
        self.first: list[int] = []

    def board(self, value: object) -> Board | None:
        try:
            return self._board(value)
        except Enough:
            return None

    def _board(self, value: object) -> Board | None:
        mapping = self.mapping(value, "", *BOARD)
        if mapping is None:
            return None
        if mapping["format"] != FORMAT:
            values = {"given": given(mapping["format"]), "format": FORMAT}
            self.wrong("bad-value", "format", Message('{given} is not the format: write "{format}".', values))
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

    def _levels(self, value: object) -> Iterator[str]:
        before, seen = self.count, set[str]()
        for k, level in enumerate(self.items(value, "levels")):
            name = self.word(level, f"levels[{k}]")
            if name in seen:
                self.wrong("bad-id", f"levels[{k}]", Message("{given} stands twice: keep one.", {"given": given(name)}))
            seen.add(name)
            yield name
        if self.count > before:
            self.in_doubt.add("levels")

    def _capacities(self, value: object) -> dict[str, list[int]]:
        capacities: dict[str, list[int]] = {}
        if not isinstance(value, dict):
            self.in_doubt.add("resources")
        for name, resource in self.entries(value, "resources").items():
            path = below("resources", name)
            mapping = self.mapping(resource, path, *RESOURCE)
            capacities[name] = self.amounts(mapping["capacity"], f"{path}.capacity") if mapping else []
        return capacities

    def _costs(self, value: object, path: str, least: int = -LARGEST) -> dict[str, int]:
        costs = self.entries(value, path)
        for level, cost in costs.items():
            if level not in self.levels:
                if "levels" not in self.in_doubt:
                    what = Message("There is no {given}", {"given": given(level)})
                    self.nowhere(level, below(path, level), self.levels, what)
            elif type(cost) is not int or not least <= cost <= LARGEST:
                self.integer(cost, below(path, level), least)
        return costs

    def _activities(self, value: object, steps: int, capacities: Mapping[str, list[int]]) -> Iterator[Activity]:
        items = self.items(value, "activities")
        if not isinstance(value, list):
            self.in_doubt.add("activities")
        self._refuse_many(items)
        total = 0
        for k, item in enumerate(items):
            path = f"activities[{k}]"
            self.first.append(total)
            mapping = self.mapping(item, path, *ACTIVITY)
            self._name(item, path, k)
            options = self.items(mapping["options"], f"{path}.options") if mapping else []
            self.sizes.append(len(options))
            total += len(options)
            if mapping is None:
                continue
            name = mapping["id"]
            unplaced = mapping["unplaced"]
            costs = None if unplaced is None else self._costs(unplaced, f"{path}.unplaced")
            made = [self._option(o, f"{path}.options[{n}]", steps, capacities) for n, o in enumerate(options)]
            yield Activity(name, made, costs)

    def _name(self, item: object, path: str, k: int) -> None:
        """Records an activity's id, whatever else is wrong with the activity."""
        entries = item if isinstance(item, dict) else {}
        name = entries.get("id")
        if "id" in entries:
            self.word(name, f"{path}.id")
        if not isinstance(name, str):
            self.in_doubt.add("activities")
            return
        if name in self.number:
            text = Message("The id {given} is taken: choose another.", {"given": given(name)})
            self.wrong("bad-id", f"{path}.id", text)
            self.in_doubt.add("activities")
        if name in self.number or not isinstance(entries.get("options"), list):
            self.unsure.add(name)
        self.number[name] = k

    def _refuse_many(self, items: list[Any]) -> None:
        lists = (item.get("options") for item in items if isinstance(item, dict))
        total = sum(len(options) for options in lists if isinstance(options, list))
        if total > MOST_OPTIONS:
            values = {"given": total, "most": MOST_OPTIONS}
            text = Message("The board has {given} options, at most {most} can be solved: leave some out.", values)
            self.wrong("too-large", "activities", text)
            raise Enough

    def _option(self, value: object, path: str, steps: int, capacities: Mapping[str, list[int]]) -> Option:
        mapping = self.mapping(value, path, *OPTION)
        if mapping is None:
            return Option(0)
        start = self.integer(mapping["start"], f"{path}.start", 0, steps - 1) or 0
        demand: dict[str, list[int]] = {}
        if "demand" in mapping:
            for name, amounts in self.entries(mapping["demand"], f"{path}.demand").items():
                place = below(f"{path}.demand", name)
                if name in capacities:
                    demand[name] = self.amounts(amounts, place)
                elif "resources" not in self.in_doubt:
                    what = Message("There is no {given}", {"given": given(name)})
                    self.nowhere(name, place, capacities, what)
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
            if isinstance(value, str) and "activities" not in self.in_doubt:
                self.nowhere(name, path, self.number, Message("There is no {given}", {"given": given(name)}))
        return number

    def _lags(self, value: object) -> Iterator[Lag | None]:
        for k, item in enumerate(self.items(value, "lags")):
            path = f"lags[{k}]"
            mapping = self.mapping(item, path, *LAG)
            if mapping is None:
                continue
            before = self._activity(mapping["before"], f"{path}.before")
            after = self._activity(mapping["after"], f"{path}.after")
            least = self.integer(mapping["min"], f"{path}.min") if "min" in mapping else None
            most = self.integer(mapping["max"], f"{path}.max") if "max" in mapping else None
            if before is None or after is None:
                continue
            if before == after:
                self.wrong(
                    "bad-value",
                    path,
                    Message("{given} cannot follow itself: name two.", {"given": given(mapping["after"])}),
                )
            yield Lag(before, after, least, most)

    def _conflicts(self, value: object) -> Iterator[Conflict | None]:
        for k, item in enumerate(self.items(value, "conflicts")):
            path = f"conflicts[{k}]"
            mapping = self.mapping(item, path, *CONFLICT)
            if mapping is None:
                continue
            between = self.items(mapping["between"], f"{path}.between")
            if len(between) != 2:
                text = Message("{n} activities stand here, not two.", {"n": len(between)})
                self.wrong("bad-value", f"{path}.between", text)
                continue
            first, second = (self._activity(x, f"{path}.between[{n}]") for n, x in enumerate(between))
            steps = None
            if "steps" in mapping:
                listed = self.amounts(mapping["steps"], f"{path}.steps")
                steps = frozenset(listed) if not self.problems else frozenset()
            if first is None or second is None:
                continue
            if first == second:
                text = Message("{given} cannot conflict with itself: name two.", {"given": given(between[0])})
                self.wrong("bad-value", f"{path}.between", text)
            yield Conflict(first, second, steps)

    def _rows(self, value: object) -> Iterator[Row | None]:
        for k, item in enumerate(self.items(value, "rows")):
            path = f"rows[{k}]"
            mapping = self.mapping(item, path, *ROW)
            if mapping is None:
                continue
            columns: list[int] = []
            coefficients: list[int] = []
            for n, term in enumerate(self.items(mapping["terms"], f"{path}.terms")):
                column = self._column(term)
                if column is None:
                    self._wrong_term(term, f"{path}.terms[{n}]")
                else:
                    columns.append(column)
                    coefficients.append(term[2])
            at_most = self.integer(mapping["at_most"], f"{path}.at_most") or 0
            over = self._costs(mapping["over"], f"{path}.over", 0) if "over" in mapping else None
            rule = self.word(mapping.get("rule", ""), f"{path}.rule")
            about = self.word(mapping.get("about", ""), f"{path}.about")
            yield Row(rule, about, columns, coefficients, at_most, over)

    def _column(self, term: object) -> int | None:
        if type(term) is not list or len(term) != 3:
            return None
        name, option, coefficient = term
        activity = self.number.get(name) if type(name) is str else None
        if activity is None or type(option) is not int or type(coefficient) is not int:
            return None
        fits = 0 <= option < self.sizes[activity] and -LARGEST <= coefficient <= LARGEST
        return self.first[activity] + option if fits else None

    def _wrong_term(self, term: object, path: str) -> None:
        if not isinstance(term, list) or len(term) != 3:
            self.wrong("wrong-type", path, Message("A term is a list: activity, option, coefficient."))
            return
        activity = self._activity(term[0], f"{path}[0]")
        option = self.integer(term[1], f"{path}[1]")
        self.integer(term[2], f"{path}[2]")
        if activity is None or option is None or term[0] in self.unsure:
            return
        if not 0 <= option < self.sizes[activity]:
            values = {"given": option, "n": self.sizes[activity]}
            text = Message("There is no option {given}: the activity has {n}, from 0.", values)
            self.wrong("bad-value", f"{path}[1]", text)


def doubts(board: Board, file: str) -> Iterator[Problem]:
    """Lags that cannot be kept, so that the later activity is never placed."""
    for k, lag in enumerate(board.lags):
        if lag.least is not None and lag.most is not None and lag.least > lag.most:
            values = {"min": lag.least, "max": lag.most, "after": board.activities[lag.after].id}
            text = Message('min {min} is above max {max}: "{after}" can never be placed.', values)
            yield Problem("bad-value", text, file, None, f"lags[{k}]")
