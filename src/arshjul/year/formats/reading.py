"""A scenario from a folder of YAML files or a workbook; logs of other years; files of events."""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import ArshjulError, InputError, Message, Problem
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.history.rates import partial_year_warning, withdrawal_history
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import KINDS, WithdrawalHistory
from arshjul.year.formats.plan.answers import Proposed
from arshjul.year.formats.plan.entries import entries_of
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.scenario.folder import read_file, section_document, shown
from arshjul.year.formats.scenario.objects import ObjectFiles, objects_of
from arshjul.year.formats.scenario.references import ids
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.scenario.sections import Unfolded
from arshjul.year.formats.schema.settings import WrittenHeardLog
from arshjul.year.formats.tree import Document, Loc, Node, nodes
from arshjul.year.formats.validation import validated
from arshjul.year.formats.workbook.reading import (
    entries_document,
    is_workbook,
    objects_document,
    opened_book,
    scenario_document,
)
from arshjul.year.texts import counted
from arshjul.year.texts.printable import on_one_line
from arshjul.year.texts.system import why

_CAUSES = frozenset(kind.cause for kind in KINDS)


class HistoryRead(NamedTuple):
    """A log, None if nobody kept it; and a warning if it does not cover its whole year."""

    log: WithdrawalHistory | None
    warning: Message | None = None


def read_history(path: Path) -> HistoryRead:
    """The log at the path. InputError or Refused if there is none that can be used."""
    name = shown(Path(os.path.normpath(path)))
    if os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir, it never raises
        read = read_plan_folder(path)
        return HistoryRead(
            withdrawal_history(read.scenario, read.plan), partial_year_warning(read.scenario, read.plan, name)
        )
    if is_workbook(path):
        raise InputError(Message("{file} is a workbook: name a plan folder or a YAML file.", {"file": name}))
    document = read_file(path, name)
    written = validated(WrittenHeardLog, document, (), is_json=True) if document.whole else None
    document.refuse(Message("{file} is not a year's log, with from, to and withdrawals.", {"file": name}))
    if written is None:
        raise TypeError("a log that cannot be used was not refused")
    return HistoryRead(written.domain())


def known_of(log: WithdrawalHistory, police: Collection[str], shifts: Collection[str]) -> WithdrawalHistory:
    """The part of the log about these units and shifts, without the words of a cause without a kind."""
    heard = []
    for withdrawal in log.withdrawals:
        units = tuple(id for id in withdrawal.police if id in police)
        taken = None if withdrawal.shifts is None else tuple(id for id in withdrawal.shifts if id in shifts)
        if units and taken != () and withdrawal.first in log.year:
            cause = withdrawal.cause if withdrawal.cause in _CAUSES else ""
            heard.append(
                replace(withdrawal, police=units, shifts=taken, cause=cause, officers_left=0, until=None, revision=None)
            )
    return replace(log, withdrawals=tuple(heard))


HISTORY = "history"
UNWATCHED = "unwatched"
"""The kind of warnings about incomplete logs."""
_MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    scenario: Scenario
    unfolded: Unfolded

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(self.unfolded.written.warnings)

    @property
    def unwatched(self) -> tuple[Message, ...]:
        """The warnings about other years whose logs are incomplete or missing."""
        return tuple(warning.text for warning in self.warnings if warning.kind == UNWATCHED)

    def problem(self, kind: str, text: Message, *loc: str | int) -> Problem:
        """A problem found later, at a place like `"operations", 1` of the scenario."""
        return self.unfolded.written.problem(kind, self.unfolded.place(loc), text)


def read_scenario(path: Path) -> ScenarioFile:
    """InputError with all its problems."""
    document = scenario_document(path) if is_workbook(path) else section_document(path)
    if not is_workbook(path):
        _take_in_history(document, path)
    return scenario_file(document)


def scenario_file(document: Document) -> ScenarioFile:
    scenario = scenario_of(document)
    return ScenarioFile(scenario, Unfolded.of(document))


def _take_in_history(document: Document, folder: Path) -> None:
    section = document.tree.at((HISTORY,))
    if section is None or not isinstance(section.value, list):
        return
    base = (folder / document.files.get(HISTORY, "")).parent
    logs: list[Node] = []
    for position, named in section.parts.items():
        log = _told(document, (HISTORY, position), base, named) if isinstance(named.value, str) else named
        if log is not None:
            log.line = named.line
            logs.append(log)
    section.parts = dict(enumerate(logs))
    section.value = [log.value for log in logs]


def _told(document: Document, loc: Loc, base: Path, node: Node) -> Node | None:
    """None if the log is empty, the path itself if it cannot be used; both are noted."""
    named = str(node.value)
    if Path(named).is_absolute():
        text = Message("Name a year by a path from this file's folder, like ../last-year.")
        document.add("bad-value", loc, text)
        return node
    if not os.path.exists(base / named):  # noqa: PTH110 - unlike Path.exists, it never raises
        values = {"path": on_one_line(shown(Path(os.path.normpath(base / named))))[-_MOST_SHOWN:]}
        text = Message(
            "Nothing is at {path}: name a year's plan folder or log, by a path from this file's folder.", values
        )
        document.add("bad-value", loc, text)
        return node
    try:
        log, warning = read_history(base / named)
    except ArshjulError as error:
        document.add("unreadable", loc, Message("The log cannot be used: {why}", {"why": error.message}))
        document.elsewhere += error.problems if isinstance(error, InputError) else ()
        return node
    if warning is not None:
        document.warnings.append(document.problem(UNWATCHED, loc, warning))
    if log is None:
        return None
    known = known_of(log, ids(document, "police"), ids(document, "shifts"))
    if strange := len(log.withdrawals) - len(known.withdrawals):
        text = counted(
            strange,
            "One withdrawal names units or shifts unknown here, and does not count.",
            "{n} withdrawals name units or shifts unknown here, and do not count.",
        )
        document.warnings.append(document.problem("unknown-id", loc, text))
    return nodes(WrittenHeardLog.of(known).mapping())


def read_objects(path: Path, scenario: Scenario) -> ObjectFiles:
    """InputError with all problems of all files."""
    documents = [
        objects_document(opened_book(file, shown(file)), scenario)
        if is_workbook(file)
        else read_file(file, shown(file))
        for file in _files(path)
    ]
    return objects_of(documents, scenario, shown(path))


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        files = sorted(file for file in path.iterdir() if file.match("objects*.yaml"))
    except OSError as error:
        text = Message("{file} cannot be read: {reason}.", {"file": shown(path), "reason": why(error)})
        raise InputError(text) from None
    if not files:
        text = Message("{folder} has no objects*.yaml: name the file or its folder.", {"folder": shown(path)})
        raise InputError(text)
    return files


def read_entries(
    files: Iterable[Path], scenario: Scenario, known: Entries | None = None, *, proposed: Proposed | None = None
) -> Entries:
    return entries_of(_documents(files, scenario), scenario, known, proposed)


def _documents(files: Iterable[Path], scenario: Scenario) -> Iterator[Document]:
    """The files as documents; a workbook holds all lists, and is read once even if given several times."""
    books: set[Path] = set()
    for path in files:
        if not is_workbook(path):
            yield read_file(path, shown(path))
        elif path not in books:
            books.add(path)
            yield entries_document(path, shown(path), scenario)
