"""A scenario from a folder of YAML files or a workbook, with the logs of other years that it names."""

import os
from dataclasses import dataclass
from pathlib import Path

from arshjul.domain.scenario import Scenario
from arshjul.errors import ArshjulError, InputError, Message, Problem
from arshjul.formats.reading.heard import heard_log, known_of
from arshjul.formats.scenario.folder import section_document, shown
from arshjul.formats.scenario.references import ids
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.scenario.unfolding import Unfolded
from arshjul.formats.schema.settings import WrittenHeardLog
from arshjul.formats.tree import Document, Loc, Node, nodes
from arshjul.formats.workbook.reading import is_workbook, scenario_document
from arshjul.texts import counted
from arshjul.texts.printable import on_one_line

HISTORY = "history"
UNWATCHED = "unwatched"
"""The kind of warnings about incomplete logs."""
_MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario as read, with the place of each part in its files."""

    scenario: Scenario
    unfolded: Unfolded

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The warnings about it."""
        return tuple(self.unfolded.written.warnings)

    @property
    def unwatched(self) -> tuple[Message, ...]:
        """The warnings about other years whose logs are incomplete or missing."""
        return tuple(warning.text for warning in self.warnings if warning.kind == UNWATCHED)

    def problem(self, kind: str, text: Message, *loc: str | int) -> Problem:
        """A problem found later, at a place like `"operations", 1` of the scenario."""
        return self.unfolded.written.problem(kind, self.unfolded.place(loc), text)


def read_scenario(path: Path) -> ScenarioFile:
    """The scenario in a folder or a workbook. InputError with all its problems."""
    document = scenario_document(path) if is_workbook(path) else section_document(path)
    if not is_workbook(path):
        _take_in_history(document, path)
    return scenario_file(document)


def scenario_file(document: Document) -> ScenarioFile:
    """The scenario in a document. InputError with all its problems."""
    scenario = scenario_of(document)
    return ScenarioFile(scenario, Unfolded.of(document))


def _take_in_history(document: Document, folder: Path) -> None:
    """Replaces the paths of other years' plan folders and files by their logs."""
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
    """The log at that path as a mapping; None if it is empty, the path itself if it cannot be used.

    Both cases are noted.
    """
    named = str(node.value)
    if Path(named).is_absolute():
        text = Message("Name a year by a path from this file's folder, like ../last-year.")
        document.add("bad-value", loc, text)
        return node
    if not os.path.exists(base / named):  # noqa: PTH110 - unlike Path.exists, it never raises
        values = {"path": on_one_line(shown(Path(os.path.normpath(base / named))))[-_MOST_SHOWN:]}
        text = Message(
            "Nothing is at {path}: name a year's plan folder or log, by a path from this file's folder.",
            values,
        )
        document.add("bad-value", loc, text)
        return node
    try:
        log, warning = heard_log(base / named)
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
