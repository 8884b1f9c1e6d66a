"""check: reads and judges a scenario, or entries, without solving; in a workbook the wrong cells can be marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from arshjul.errors import InputError, Message, Problem
from arshjul.year.domain.information_sheet.sections import Grounds
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.reading import Speak, opened
from arshjul.year.formats.atomic import read_regular, write_named
from arshjul.year.formats.information_sheet.grounds import judged_grounds
from arshjul.year.formats.plan.entries import entries_of, faults_apart
from arshjul.year.formats.reading import ScenarioFile, read_entries, read_objects, read_scenario
from arshjul.year.formats.scenario.objects import objects_of
from arshjul.year.formats.workbook.document import BookDocument
from arshjul.year.formats.workbook.marked import marked_workbook
from arshjul.year.formats.workbook.package import MOST_BYTES, NoWorkbook
from arshjul.year.formats.workbook.reading import (
    entries_apart,
    entries_in,
    is_workbook,
    objects_in,
    refuse_other_endings,
    same_book,
)
from arshjul.year.formats.workbook.rows import settle
from arshjul.year.planning.check.check import Balance, balances, doubts, open_days, scarcities
from arshjul.year.texts import Words

GROUNDS = "grounds.yaml"


@dataclass(frozen=True, slots=True)
class Checked:
    scenario: Scenario
    warnings: tuple[Problem, ...]
    balances: tuple[Balance, ...]
    grounds: Grounds | None = None
    """On what ground information may be given; None if neither folder has the file."""

    @property
    def balance(self) -> list[dict[str, object]]:
        return [
            {
                "party": b.party,
                "demand": b.asked,
                "supply": b.offered,
                **({} if b.may_serve is None else {"may_serve": b.may_serve}),
                "by_month": {m: {"demand": round(b.demand.get(m, 0), 1), "supply": n} for m, n in b.supply.items()},
            }
            for b in self.balances
        ]

    @property
    def refused(self) -> list[dict[str, object]]:
        return [
            {
                "protects": pair.protection.id,
                "ground": pair.ground.id,
                "because": pair.because,
                "instead": [other.id for other in pair.others],
            }
            for pair in (self.grounds.refused if self.grounds is not None else ())
        ]

    def refusals(self) -> Iterator[Message]:
        """The same in sentences, with the grounds that the list does not refuse."""
        for pair in self.grounds.refused if self.grounds is not None else ():
            values = {"ground": pair.ground.name, "protection": pair.protection.name, "because": pair.because}
            said = Message("{ground} cannot be used for what {protection} protects: {because}", values)
            if pair.others:
                instead = {"said": said, "others": [other.name for other in pair.others]}
                said = Message("{said} Not refused: {others}.", instead)
            yield said

    def lines(self, words: Words) -> Iterator[str]:
        """Demand and supply of the year, each month's share asked for in percent, and how many a unit may serve."""
        width = max((len(b.name) for b in self.balances), default=0)
        months = sorted({month for b in self.balances for month in b.supply})
        heads = [words.month(date(int(month[:4]), int(month[5:]), 1))[:3] for month in months]
        figures = (words("may serve"), words("asked"), words("offered"))
        columns = [max(8, len(figure)) for figure in figures]
        titles = (figure.rjust(size) for figure, size in zip(figures, columns, strict=True))
        yield " ".join([" " * width, *titles, *(head.rjust(4) for head in heads)])
        for b in self.balances:
            shares = [_percent(b.demand.get(month, 0), b.supply.get(month, 0)).rjust(4) for month in months]
            served = "" if b.may_serve is None else str(b.may_serve)
            numbers = (served, str(b.asked), str(b.offered))
            cells = (number.rjust(size) for number, size in zip(numbers, columns, strict=True))
            yield " ".join([b.name.ljust(width), *cells, *shares])


def check(source: Path, speak: Speak) -> Checked:
    """Judges the scenario, and a workbook's entries. InputError with all problems if something cannot be used."""
    try:
        read = read_scenario(source)
    except InputError as error:
        if not is_workbook(source):
            raise
        problems = (*error.problems, *faults_apart(_without_answers(entries_apart(source))))
        raise InputError(error.message, problems, error.warnings) from None
    speak(read.scenario.language)
    checked = _with_grounds(source, read, judged(read))
    if isinstance(read.unfolded.written, BookDocument):
        more = _judge_year(read.unfolded.written, read.scenario, checked.warnings)
        return replace(checked, warnings=(*checked.warnings, *more))
    return checked


def _with_grounds(source: Path, read: ScenarioFile, checked: Checked) -> Checked:
    """By grounds.yaml of the scenario's folder, or else of that of `plan.config`. InputError, with warnings so far."""
    config = read.unfolded.written.tree.at(("plan", "config"))
    folders = {"": source} if config is None else {"": source, f"{config.value}/": source / str(config.value)}
    files = {f"{prefix}{GROUNDS}": folder / GROUNDS for prefix, folder in folders.items()}
    found = next(((name, file) for name, file in files.items() if file.is_file()), None)
    if found is None:
        return checked
    try:
        grounds, warnings = judged_grounds(found[1], found[0])
    except InputError as error:
        raise InputError(error.message, error.problems, checked.warnings) from None
    return replace(checked, grounds=grounds, warnings=(*checked.warnings, *warnings))


def _judge_year(book: BookDocument, scenario: Scenario, warnings: tuple[Problem, ...]) -> list[Problem]:
    entries = _without_answers(entries_in(same_book(book), scenario))
    problems: list[Problem] = []
    odd: list[Problem] = []
    try:
        entries_of([entries], scenario)
    except InputError as error:
        problems += error.problems
    try:
        odd += objects_of([objects_in(same_book(book), scenario)], scenario, book.file).odd_sectors(scenario)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(Message("{files} cannot be used.", {"files": [book.file]}), problems, (*warnings, *odd))
    return odd


def _without_answers(entries: BookDocument) -> BookDocument:
    """The same without the answers, which are judged together with their proposal."""
    entries.tree.parts.pop("answers", None)
    settle(entries.tree)
    return entries


def judged(read: ScenarioFile) -> Checked:
    """Judges a scenario that was read without errors; doubts name their place in the files."""
    context = ReplanContext.of(read.scenario)
    balance = balances(context)
    found = [*doubts(context), *scarcities(read.scenario, balance)]
    if isinstance(read.unfolded.written, BookDocument):  # whose template closes both
        found += open_days(read.scenario)
    warnings = (*read.warnings, *(read.problem(doubt.kind, doubt.text, *doubt.where) for doubt in found))
    return Checked(read.scenario, warnings, balance)


def _percent(demand: float, supply: int) -> str:
    if not supply:
        return "-" if demand < 0.5 else "!"
    return f"{100 * demand / supply:.0f}"


def check_entries(source: Path, folder: Path, speak: Speak) -> None:
    read = opened(folder, speak)
    read_entries([source], read.scenario, read.plan.entries)
    if is_workbook(source):
        read_objects(source, read.scenario)


def refuse_unmarkable(source: Path, output: Path) -> None:
    refuse_other_endings(output)
    if not is_workbook(source):
        raise InputError(Message("--marked needs a workbook, and {file} is none.", {"file": source.name}))


def marked(source: Path, output: Path, wrong: Sequence[Problem], doubtful: Sequence[Problem], say: Words) -> bool:
    """Writes the marked workbook. False if the source cannot be read at all, so nothing is marked."""
    try:
        data = marked_workbook(read_regular(source, MOST_BYTES), wrong, doubtful, say)
    except (NoWorkbook, OSError):
        return False
    write_named(output, data)
    return True
