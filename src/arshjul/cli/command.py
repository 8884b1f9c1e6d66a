"""The common parts of all commands: a console for the answer, and the options `--json` and `--debug`."""

import os
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec, get_args

import typer

from arshjul.cli.console import Console, answering
from arshjul.cli.options import WRITTEN, say
from arshjul.errors import Message, Refused

Given = ParamSpec("Given")

_COMMON = (
    Parameter(
        "as_json",
        Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--json", help=say("Answer with JSON, for programs."))],
    ),
    Parameter(
        "debug",
        Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--debug", help=say("Show where in the program an error arose."))],
    ),
)
_REPLACE = Parameter(
    "replace",
    Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[bool, typer.Option("--replace", help=say("Overwrite an existing file."))],
)


def command(body: Callable[Concatenate[Console, Given], None]) -> Callable[..., None]:
    """Makes a command from a function of a console and the command's parameters.

    Every error that a person can correct becomes a sentence and an exit code. A command that writes a file that
    people edit or hand out has `--replace` too, and without it keeps what is there.
    """
    own = list(signature(body).parameters.values())[1:]
    written = [one.name for one in own if WRITTEN in get_args(one.annotation)]

    def run(*, as_json: bool, debug: bool, **given: Any) -> None:
        may_go = given.pop(_REPLACE.name) if written else False  # a command may have a --replace of its own
        with answering(as_json, debug) as console:
            for name in written:
                if given[name] is not None and not may_go:
                    _refuse_what_is_there(given[name])
            body(console, **given)  # type: ignore[call-arg]  # typer passes what the signature names

    shown = [*own, *([_REPLACE] if written else []), *_COMMON]
    run.__signature__ = Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in shown}  # typer reads both
    run.__name__ = body.__name__
    return run


def _refuse_what_is_there(file: Path) -> None:
    """Refused if the file is there and holds anything."""
    if os.path.isfile(file) and os.path.getsize(file):  # noqa: PTH113, PTH202 - unlike Path.is_file, it never raises
        values = {"file": str(file)}
        raise Refused(
            Message(
                "{file} exists: name another file, or overwrite it with --replace.",
                values,
            )
        )
