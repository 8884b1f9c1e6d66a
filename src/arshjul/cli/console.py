"""Messages to a person at a terminal: texts in their language, progress, errors, and JSON for programs."""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn, TextIO

import typer

from arshjul.errors import (
    ArshjulError,
    Contradiction,
    EngineFault,
    FeedFault,
    InputError,
    Message,
    NoAnswer,
    Problem,
    Refused,
    StorageError,
)
from arshjul.system.uncaught import SOLVER_LOG, reported_errors
from arshjul.year.formats.atomic import HAS_PLACED
from arshjul.year.formats.catalogues import words
from arshjul.year.texts import Words, counted
from arshjul.year.texts.printable import fitted, json_shown, shown

DONE, FOUND_WRONG, WRONG_INPUT, NO_ANSWER, REFUSED, CONTRADICTED = range(6)

# Kinds and codes: docs/commands.md#exit-codes. An internal error has a code of its own too: it must never look like
# success.
EXIT_CODES: Mapping[type[ArshjulError], int] = {
    InputError: WRONG_INPUT,
    StorageError: WRONG_INPUT,
    NoAnswer: NO_ANSWER,
    Refused: REFUSED,
    Contradiction: CONTRADICTED,
    EngineFault: FOUND_WRONG,
    FeedFault: FOUND_WRONG,
}

INTERRUPTED = 130
INTERRUPTION = Message("Interrupted.")
NOTHING_WRITTEN = Message("Interrupted, nothing was written.")

Ended = typer.Exit
"""Ends a command with that exit code, after what it has said."""


def own_words() -> Words:
    """The language of the terminal's user: Swedish, unless ARSHJUL_LANGUAGE says otherwise."""
    language = "en" if os.environ.get("ARSHJUL_LANGUAGE", "sv").startswith("en") else "sv"
    return words(language)


def screen_width(stream: TextIO | None) -> int | None:
    """The width in columns of the stream's screen; None if the stream is closed or not a terminal."""
    return shutil.get_terminal_size().columns if stream is not None and stream.isatty() else None


@dataclass(slots=True)
class Console:
    """The terminal of a command. `as_json`: data as JSON; messages stay sentences.

    Data goes to standard output, messages and progress to standard error.
    """

    words: Words = field(default_factory=own_words)
    as_json: bool = False
    _progress: int = 0
    """The length of the line of progress that is shown."""
    has_spoken: bool = False
    """True once anything except progress was written."""

    def speak(self, language: str) -> None:
        """Changes to the given language, which is that of the scenario that was read."""
        self.words = words(language)

    def data(self, *lines: str | Message, indent: str = "") -> None:
        """Writes data."""
        for line in lines:
            self._write(indent + (line if isinstance(line, str) else self.words.say(line)))

    def talk(self, *messages: Message) -> None:
        """Writes sentences about the data."""
        for message in messages:
            self._write(self.words.say(message), err=True)

    def alarm(self, messages: Iterable[Message], *, err: bool = False) -> None:
        """Writes sentences as data, or about them, in red on a screen."""
        for message in messages:
            self._write(self.words.say(message), err=err, is_red=True)

    def warn(self, *problems: Problem, indent: str = "") -> None:
        """Writes problems in the input."""
        for problem in problems:
            self._write(indent + self.problem(problem), err=True)

    def _write(self, text: str, *, err: bool = False, is_red: bool = False) -> None:
        """Writes a text; on a screen, its lines are broken between words."""
        self.has_spoken = True
        self.end_progress()
        width = screen_width(sys.stderr if err else sys.stdout)
        text = shown(text) if width is None else fitted(shown(text), width)
        if is_red:
            typer.secho(text, err=err, fg=typer.colors.RED, bold=True)
        else:
            typer.echo(text, err=err)

    def sections(self, parts: Iterable[tuple[Message | None, Iterable[Message]]]) -> None:
        """Writes sentences as data; those under a heading are indented."""
        for title, lines in parts:
            if title is not None:
                self.data(title)
            self.data(*lines, indent="" if title is None else "  ")

    def columns(self, rows: Sequence[Sequence[str]]) -> None:
        """Writes rows as columns below a blank line; the first row has the headings.

        What is wider than the screen is written in parts, each with the first column.
        """
        for part in _parts(rows, screen_width(sys.stdout)) if rows else ():
            typer.echo(shown("\n".join(("", *part))))

    def table(self, rows: Iterable[Iterable[object]]) -> None:
        """Writes a CSV, for a file that Excel opens."""
        from arshjul.year.sheets import BYTE_ORDER, csv_rows

        typer.echo(BYTE_ORDER + shown(csv_rows(rows)), nl=False)

    def json(self, value: object) -> None:
        """Writes data for a program: sentences as they are said, dates and moments as in ISO 8601."""
        self.has_spoken = True
        self.end_progress()
        typer.echo(json_shown(json.dumps(value, ensure_ascii=False, indent=1, default=self._plain)))

    def answered(self, value: object) -> bool:
        """Writes the answer for a program if `--json` asks for it; returns whether it did."""
        if self.as_json:
            self.json(value)
        return self.as_json

    def _plain(self, value: object) -> str:
        match value:
            case Message():
                return self.words.say(value)
            case datetime():
                return value.isoformat(timespec="seconds")
            case date():
                return value.isoformat()
            case Path():
                return str(value)
        raise TypeError(type(value).__name__)

    def problem(self, problem: Problem) -> str:
        """A problem on one line, safe for a terminal: place, path and sentence."""
        place = problem.file + (f":{problem.line}" if problem.line is not None else "")
        if problem.sheet:
            place += f" {problem.sheet}!{problem.cell}" if problem.cell else f" {problem.sheet}"
        named = "" if problem.cell else problem.path  # in Excel, the cell is enough
        path = " ".join(part for part in (named, problem.item and f"({problem.item})") if part)
        parts = (place, path and f"{path}:", self.words.say(problem.text))
        return shown(" ".join(part for part in parts if part))

    def show_progress(self, message: Message) -> None:
        """Shows the sentence on a line of its own, in place of the last one; nothing if nobody sees it."""
        if screen_width(sys.stderr) is None:
            return
        line = shown(self.words.say(message))
        typer.echo("\r" + line.ljust(self._progress), err=True, nl=False)
        self._progress = len(line)

    def end_progress(self) -> None:
        """Wipes the line of progress."""
        if self._progress:
            typer.echo("\r" + " " * self._progress + "\r", err=True, nl=False)
            self._progress = 0

    def disagree(self, contradictions: Iterable[BaseException]) -> NoReturn:
        """Says that engines contradict what was written, with the boards kept for a report, and exits."""
        from arshjul.year.folder.dump import with_board_kept

        self.talk(Message("The plan keeps every rule, but its proofs contradict each other: nothing is proven."))
        for error in contradictions:
            if isinstance(error, EngineFault):
                self.talk(with_board_kept(error).message)
        raise Ended(CONTRADICTED)

    def fail(self, error: ArshjulError) -> NoReturn:
        """Prints the error, and exits with the code of its kind."""
        self.talk(error.message)
        self.warn(*(error.problems if isinstance(error, InputError | Refused) else ()), indent="  ")
        if warnings := error.warnings if isinstance(error, InputError) else ():
            n = len(warnings)
            self.talk(counted(n, "And one warning, which stops nothing:", "And {n} warnings, which stop nothing:"))
            self.warn(*warnings, indent="  ")
        raise Ended(next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind)))


def problem_mapping(problem: Problem) -> dict[str, object]:
    """A problem for a program: its place is sheet and cell in a workbook, otherwise the line."""
    place = {"sheet": problem.sheet, "cell": problem.cell} if problem.sheet else {"line": problem.line}
    return {"file": problem.file, **place, "path": problem.path, "kind": problem.kind, "text": problem.text}


@contextmanager
def answering(as_json: bool, debug: bool, *, writes_last: bool = False) -> Iterator[Console]:
    """A console; Ctrl-C, and every error that a person can correct, becomes a sentence and an exit code.

    `writes_last`: for a command that writes all it writes at its end, and speaks only then.
    """
    console = Console(as_json=as_json)
    HAS_PLACED.clear()
    try:
        with reported_errors(SOLVER_LOG) as contradictions:
            yield console
        if contradictions:
            console.disagree(contradictions)
    except ArshjulError as error:
        if debug:
            typer.echo(traceback.format_exc(), err=True)
        if isinstance(error, EngineFault):
            from arshjul.year.folder.dump import with_board_kept

            error = with_board_kept(error)
        console.fail(error)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one would be told by the interpreter's end
        is_untouched = writes_last and not console.has_spoken and not HAS_PLACED.is_set()
        console.talk(NOTHING_WRITTEN if is_untouched else INTERRUPTION)
        raise Ended(INTERRUPTED) from None
    except BrokenPipeError:
        # The reader has closed the pipe; flushing at exit must not fail too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Ended(DONE) from None


def _parts(rows: Sequence[Sequence[str]], width: int | None) -> Iterator[list[str]]:
    """The lines of a table; if it is wider than the screen, of several parts that repeat the first column.

    A heading of two words takes two lines.
    """
    names, *columns = map(list, zip(*rows, strict=True))
    first = max(map(len, names))
    heads = [column[0].split(" ", 1) for column in columns]
    wide = [max(map(len, (*head, *column[1:]))) + 2 for head, column in zip(heads, columns, strict=True)]
    start = 0
    while start < len(columns):
        end = start + 1
        while end < len(columns) and (width is None or first + sum(wide[start : end + 1]) <= width):
            end += 1
        there = range(start, end)
        above = "".join((heads[n][0] if len(heads[n]) > 1 else "").rjust(wide[n]) for n in there)
        cells = [[heads[n][-1] for n in there], *([columns[n][row] for n in there] for row in range(1, len(names)))]
        lines = [
            name.ljust(first) + "".join(cell.rjust(wide[n]) for n, cell in zip(there, row, strict=True))
            for name, row in zip(names, cells, strict=True)
        ]
        yield [" " * first + above, *lines] if above.strip() else lines
        start = end
