"""Messages to a person at a terminal: texts in their language, progress, errors, and JSON for programs."""

import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, TextIO

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
from arshjul.formats.catalogues import words
from arshjul.own_faults import SOLVER_LOG, heard
from arshjul.texts import Words
from arshjul.texts.printable import fitted, json_shown, shown

if TYPE_CHECKING:
    from arshjul.solver import Progress

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


def own_words() -> Words:
    """The language of the terminal's user: Swedish, unless ARSHJUL_LANGUAGE says otherwise."""
    language = "en" if os.environ.get("ARSHJUL_LANGUAGE", "sv").startswith("en") else "sv"
    return words(language)


def screen_width(stream: TextIO | None) -> int | None:
    """The width in columns of the stream's screen; None if the stream is closed or not a terminal."""
    return shutil.get_terminal_size().columns if stream is not None and stream.isatty() else None


def _on_screen(text: str, stream: TextIO | None) -> str:
    """The text as printed on the stream: on a screen, lines are broken between words."""
    width = screen_width(stream)
    return text if width is None else fitted(text, width)


@dataclass(slots=True)
class Console:
    """The terminal of a command. `as_json`: data as JSON; messages stay sentences."""

    words: Words = field(default_factory=own_words)
    as_json: bool = False

    def speak(self, language: str) -> None:
        """Changes to the given language, which is that of the scenario that was read."""
        self.words = words(language)

    def data(self, text: str) -> None:
        """Writes data to standard output."""
        typer.echo(_on_screen(shown(text), sys.stdout))

    def sections(self, parts: Iterable[tuple[Message | None, Iterable[Message]]]) -> None:
        """Writes sentences to standard output; those under a heading are indented."""
        for title, lines in parts:
            if title is not None:
                self.data(self.words.say(title))
            for line in lines:
                self.data(("" if title is None else "  ") + self.words.say(line))

    def columns(self, rows: Sequence[Sequence[str]]) -> None:
        """Writes rows as columns below a blank line; the first row has the headings.

        What is wider than the screen is written in parts, each with the first column.
        """
        for part in _parts(rows, screen_width(sys.stdout)) if rows else ():
            typer.echo(shown("\n".join(("", *part))))

    def table(self, rows: Iterable[Iterable[object]]) -> None:
        """Writes a CSV to standard output, for a file that Excel opens."""
        from arshjul.sheets import BYTE_ORDER, csv_rows

        typer.echo(BYTE_ORDER + shown(csv_rows(rows)), nl=False)

    def json(self, value: object) -> None:
        """Writes data for a program to standard output."""
        typer.echo(json_shown(json.dumps(value, ensure_ascii=False, indent=1)))

    def alarm(self, messages: Iterable[Message], *, err: bool = False) -> None:
        """Writes sentences to standard output, or standard error, in red on a screen."""
        stream = sys.stderr if err else sys.stdout
        for message in messages:
            typer.secho(_on_screen(shown(self.words.say(message)), stream), fg=typer.colors.RED, bold=True, err=err)

    def talk(self, message: Message) -> None:
        """Writes a sentence to standard error."""
        typer.echo(_on_screen(shown(self.words.say(message)), sys.stderr), err=True)

    def warn(self, problem: Problem) -> None:
        """Writes a problem that does not stop the command to standard error."""
        typer.echo(_on_screen(self.problem(problem), sys.stderr), err=True)

    def problem(self, problem: Problem) -> str:
        """A problem on one line, safe for a terminal: place, path and sentence."""
        place = problem.file + (f":{problem.line}" if problem.line is not None else "")
        if problem.sheet:
            place += f" {problem.sheet}!{problem.cell}" if problem.cell else f" {problem.sheet}"
        named = "" if problem.cell else problem.path  # in Excel, the cell is enough
        path = " ".join(part for part in (named, problem.item and f"({problem.item})") if part)
        parts = (place, path and f"{path}:", self.words.say(problem.text))
        return shown(" ".join(part for part in parts if part))

    def disagree(self, contradictions: Iterable[BaseException]) -> NoReturn:
        """Says that engines contradict what was written, with the boards kept for a report, and exits."""
        from arshjul.actions.folder.dump import with_board_kept

        self.talk(Message("The plan keeps every rule, but its proofs contradict each other: nothing is proven."))
        for error in contradictions:
            if isinstance(error, EngineFault):
                self.talk(with_board_kept(error).message)
        raise typer.Exit(CONTRADICTED)

    def fail(self, error: ArshjulError) -> NoReturn:
        """Prints the error, and exits with the code of its kind."""
        self.talk(error.message)
        problems = error.problems if isinstance(error, InputError | Refused) else ()
        warnings = error.warnings if isinstance(error, InputError) else ()
        for problem in (*problems, *warnings):
            typer.echo(_on_screen("  " + self.problem(problem), sys.stderr), err=True)
        raise typer.Exit(next(code for kind, code in EXIT_CODES.items() if isinstance(error, kind)))


def problem_mapping(words: Words, problem: Problem) -> dict[str, object]:
    """A problem for a program: its place is sheet and cell in a workbook, otherwise the line."""
    place: dict[str, object] = (
        {"sheet": problem.sheet, "cell": problem.cell} if problem.sheet else {"line": problem.line}
    )
    return {
        "file": problem.file,
        **place,
        "path": problem.path,
        "kind": problem.kind,
        "text": words.say(problem.text),
    }


@contextmanager
def answering(as_json: bool, debug: bool) -> Iterator[Console]:
    """A console; every error that a person can correct becomes a sentence and an exit code."""
    console = Console(as_json=as_json)
    try:
        with heard(SOLVER_LOG) as contradictions:
            yield console
        if contradictions:
            console.disagree(contradictions)
    except ArshjulError as error:
        if debug:
            typer.echo(traceback.format_exc(), err=True)
        if isinstance(error, EngineFault):
            from arshjul.actions.folder.dump import with_board_kept

            error = with_board_kept(error)
        console.fail(error)
    except BrokenPipeError:
        # The reader has closed the pipe; flushing at exit must not fail too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(DONE) from None


@dataclass(slots=True)
class ProgressLine:
    """The progress of a solve on one line of a terminal: level, best, bound, gap, time. Silent if not a terminal."""

    console: Console
    started: float = field(default_factory=time.monotonic)
    _shown: int = 0

    def __call__(self, progress: "Progress") -> None:
        """Shows the progress in place of the last one."""
        if sys.stderr is None or not sys.stderr.isatty():
            return
        from arshjul.rules.objectives import LEVEL_NAMES

        best = "-" if progress.value is None else progress.value
        bound = "-" if progress.bound is None else progress.bound
        values = {
            "level": LEVEL_NAMES.get(progress.level, progress.level),
            "best": best,
            "bound": bound,
            "gap": _gap(progress.value, progress.bound),
            "seconds": f"{time.monotonic() - self.started:.0f}",
        }
        self.show(Message("{level}: best {best}, bound {bound}, gap {gap}, {seconds} s", values))

    def show(self, message: Message) -> None:
        """Shows the sentence in place of the last line."""
        if sys.stderr is None or not sys.stderr.isatty():
            return
        line = shown(self.console.words.say(message))
        typer.echo("\r" + line.ljust(self._shown), err=True, nl=False)
        self._shown = len(line)

    def clear(self) -> None:
        """Wipes the line."""
        if self._shown:
            typer.echo("\r" + " " * self._shown + "\r", err=True, nl=False)
            self._shown = 0


def _gap(value: int | None, bound: int | None) -> Message:
    if value is None or bound is None:
        return Message("{text}", {"text": "-"})
    return Message("{percent} per cent", {"percent": 100 * (value - bound) / max(value, 1)})


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
