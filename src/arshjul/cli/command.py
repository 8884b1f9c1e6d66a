"""Commands by declaration: a function whose annotated signature is what people type, and what all commands share.

An option is `Annotated[its type, Option(…)]`; a `ReadAs` behind it turns what was typed into what it takes.
"""

import os
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeVar, get_args

import typer

from arshjul.cli.console import Console, answering, own_words
from arshjul.errors import Message, Refused

Body = TypeVar("Body", bound=Callable[..., None])
say = own_words()

COMMANDS: dict[str, tuple[Callable[..., None], str]] = {}
"""The function and the help of each command."""
SOLVING = set[str]()
"""The commands that call engines; all write only after solving."""

WRITTEN = "written"
"""Marks the parameter of a command that names a file to be written, which people edit or hand out: one that is there is
kept. What a program makes again at any time, such as a solution or a report, is written over."""


class ReadAs(NamedTuple):
    """A parameter's parser, and the default where nothing was typed; None: the parameter's own default.

    An InputError is told as any of the command's. `speak`: sets the language of the command by what was read.
    """

    how: Callable[[Any], object]
    default: str | None = None
    speak: Callable[[Console, Any], None] | None = None


def Option(  # noqa: N802 - as typer has it
    names: str, does: str, *, env: str | None = None, min: float | None = None, max: float | None = None
) -> Any:
    """An option: "-o --output FILE" is its names and the word for its value; without a word it is a switch."""
    *flags, last = names.split()
    metavar = None if last.startswith("-") else last
    flags += [] if metavar else [last]
    return typer.Option(*flags, metavar=metavar, help=say(does), envvar=env, min=min, max=max)


def Argument(name: str, does: str, *, min: float | None = None, max: float | None = None) -> Any:  # noqa: N802
    """A positional argument: its name, and its help."""
    return typer.Argument(metavar=name, help=say(does), min=min, max=max)


_COMMON = {
    "as_json": Option("--json", "Answer with JSON, for programs."),
    "debug": Option("--debug", "Show where in the program an error arose."),
}
_REPLACE = {"replace": Option("--replace", "Overwrite an existing file.")}


def command(name: str, does: str, *, solves: bool = False) -> Callable[[Body], Body]:
    """Declares a command: a function of a console, and of what people type.

    Every error that a person can correct becomes a sentence and an exit code. A command that writes a file that
    people edit or hand out has `--replace` too, and without it keeps what is there.
    """

    def declare(body: Body) -> Body:
        own = list(signature(body).parameters.values())[1:]
        written = [parameter.name for parameter in own if WRITTEN in get_args(parameter.annotation)]
        reads = {
            parameter.name: read
            for parameter in own
            for read in get_args(parameter.annotation)
            if isinstance(read, ReadAs)
        }

        def run(*, as_json: bool, debug: bool, **given: Any) -> None:
            may_go = given.pop("replace") if written else False  # a command may have a --replace of its own
            with answering(as_json, debug, writes_last=solves) as console:
                for one, read in reads.items():
                    given[one] = read.how(given[one])
                    if read.speak is not None:
                        read.speak(console, given[one])
                for file in written:
                    if given[file] is not None and not may_go:
                        _refuse_what_is_there(given[file])
                body(console, **given)

        shown = [_typed(parameter, reads.get(parameter.name)) for parameter in own]
        for common, option in {**(_REPLACE if written else {}), **_COMMON}.items():
            shown.append(Parameter(common, Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, option]))
        run.__signature__ = Signature(shown)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}  # typer reads both
        run.__name__ = body.__name__
        COMMANDS[name] = run, say(does)
        if solves:
            SOLVING.add(name)
        return body

    return declare


def _typed(one: Parameter, read: ReadAs | None) -> Parameter:
    """The parameter as typer reads it: a text, where the command reads it itself."""
    if read is None:
        return one.replace(kind=Parameter.KEYWORD_ONLY)
    told = get_args(one.annotation)[1]
    default = one.default if read.default is None else read.default
    return one.replace(kind=Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[str | None, told])


def _refuse_what_is_there(file: Path) -> None:
    """Refused if the file is there and holds anything."""
    if os.path.isfile(file) and os.path.getsize(file):  # noqa: PTH113, PTH202 - unlike Path.is_file, it never raises
        raise Refused(Message("{file} exists: name another file, or overwrite it with --replace.", {"file": str(file)}))
