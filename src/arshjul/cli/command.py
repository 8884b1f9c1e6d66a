"""The common parts of all commands: a console for the answer, and the options `--json` and `--debug`."""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from arshjul.cli.console import Console, answering
from arshjul.cli.options import say

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


def command(body: Callable[Concatenate[Console, Given], None]) -> Callable[..., None]:
    """Makes a command from a function of a console and the command's parameters.

    Every error that a person can correct becomes a sentence and an exit code.
    """

    def run(*, as_json: bool, debug: bool, **given: Any) -> None:
        with answering(as_json, debug) as console:
            body(console, **given)  # type: ignore[call-arg]  # typer passes what the signature names

    own = list(signature(body).parameters.values())[1:]
    run.__signature__ = Signature([*own, *_COMMON])  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in (*own, *_COMMON)}  # typer reads both
    run.__name__ = body.__name__
    return run
