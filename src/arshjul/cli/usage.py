"""Help and wrong calls in the user's language: what typer says itself is replaced by translations.

typer has headings and remarks in English, and one formatter that writes all of them, so they are replaced there. For
each kind of mistake it raises an error of its own class, with an English sentence; each becomes a `Mistake` with a
translated one. Unknown texts stay as typer has them.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import IO, Any

import typer
from typer.core import TyperCommand, TyperGroup

from arshjul.cli.console import own_words, screen_width
from arshjul.errors import Message
from arshjul.year.texts.printable import fitted, not_to_enter

LONGEST_TEXT = 1000
"""The longest text that fits a line of a log and a row of a table."""

_HEADINGS = {"Arguments": Message("Arguments"), "Options": Message("Options"), "Commands": Message("Commands")}
_HELPS = {
    "Show this message and exit.": Message("Show this page."),
    "Install completion for the current shell.": Message("Install shell completion."),
    "Show completion for the current shell, to copy it or customize the installation.": Message(
        "Show the code of shell completion."
    ),
}
_REMARKS = re.compile(r"\[([^][]*)\]$")
_BRACES = re.compile(r"[{}]")
"""Typer's signs of an argument that is required; the list of arguments says so in words."""
_TYPE = re.compile(r" <\w+>$")


_Formatter: Any = typer.Context.formatter_class


class Formatter(_Formatter):  # type: ignore[misc]  # typer exports no name for its formatter
    """Writes a page of help in the user's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Writes the line with the form of the call."""
        words = own_words()
        super().write_usage(prog, _BRACES.sub("", args), words("Usage:") + " " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Writes the heading of a section."""
        known = _HEADINGS.get(heading)
        super().write_heading(heading if known is None else own_words().say(known))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Writes names, and the purpose of each with remarks in brackets."""
        super().write_dl([(_TYPE.sub("", name), _purpose(does)) for name, does in rows], col_max, col_spacing)


class Context(typer.Context):
    """The context of a command, with the translated help."""

    formatter_class = Formatter


def _purpose(does: str) -> str:
    remarks = _REMARKS.search(does)
    text = does[: remarks.start()].rstrip() if remarks else does
    text = own_words().say(_HELPS[text]) if text in _HELPS else text
    if not remarks:
        return text
    said = "; ".join(_remark(remark) for remark in remarks[1].split("; "))
    return f"{text}  [{said}]" if text else f"[{said}]"


def _remark(remark: str) -> str:
    words, (name, _, value) = own_words(), remark.partition(": ")
    match name:
        case "required":
            return words("required")
        case "default":
            return words("default: {value}", value=value)
        case "env var":
            return words("or from {variable}", variable=value)
        case _:
            return remark


_VARIABLE = re.compile(r" \(env var: .*\)$")
_CHOICES = re.compile(r" is not one of (.*)\.$", re.DOTALL)
_TOO_MANY = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


class Mistake(typer.BadParameter):
    """A wrong call, shown with the usage of the command."""

    def __init__(self, said: Message, ctx: Any) -> None:
        super().__init__(own_words().say(said), ctx)

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints usage, where to read more, and the mistake to standard error."""
        words = own_words()
        lines = [words("Error: {text}", text=self.message)]
        if self.ctx is not None:
            more = words("`{command} --help` tells more.", command=self.ctx.command_path)
            lines = [self.ctx.get_usage(), more, "", *lines]
        width = screen_width(sys.stderr) if file is None else None
        for line in lines:
            typer.echo(line if width is None else fitted(line, width), file=file, err=file is None)


class Command(TyperCommand):
    """A command whose help is in the user's language."""

    context_class = Context

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the arguments after the command; refuses texts that are too long or misleading."""
        left = super().parse_args(ctx, args)
        for parameter in self.params:
            given = ctx.params.get(parameter.name or "")
            for text in given if isinstance(given, (list, tuple)) else [given]:  # a Path may contain any bytes
                if isinstance(text, str) and (mistake := _mistake_in(text, _hint(parameter))):
                    raise Mistake(mistake, ctx)
        return left


def _mistake_in(text: str, parameter: str) -> Message | None:
    """Why the text cannot be intended; None if it can."""
    if len(text) > LONGEST_TEXT:
        return Message("{parameter}: at most {most} characters.", {"parameter": parameter, "most": LONGEST_TEXT})
    if found := not_to_enter(text):
        return Message("{parameter}: the character {found} is not allowed.", {"parameter": parameter, "found": found})
    return None


class Group(TyperGroup):
    """All commands: help and mistakes in the user's language."""

    context_class = Context

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads what stands before the command; where nothing stands there at all, a person is shown help."""
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help(), err=True)
            raise typer.Exit(2)
        return super().parse_args(ctx, args)

    def make_context(self, *given: Any, **more: Any) -> Any:
        """Reads the arguments before the command."""
        with _in_our_words():
            return super().make_context(*given, **more)

    def invoke(self, ctx: Any) -> Any:
        """Reads the arguments after the command, and runs it."""
        with _in_our_words():
            return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Finds the command of that name."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            near = ", ".join(f"`{known}`" for known in get_close_matches(name, self.list_commands(ctx)))
            values = {"name": _quoted(name), "near": near}
            if near:
                raise Mistake(Message("There is no command {name}. Perhaps {near}?", values), ctx)
            raise Mistake(Message("There is no command {name}.", values), ctx)
        return super().resolve_command(ctx, args)


def _hint(parameter: Any) -> str:
    """The parameter as it is typed, without the name of its variable."""
    return _VARIABLE.sub("", str(parameter.get_error_hint()))


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except Mistake:
        raise
    except typer.TyperException as error:
        raise Mistake(_said(error), vars(error).get("ctx")) from None


def _said(error: typer.TyperException) -> Message:
    """The mistake in our words. Of its kinds typer exports `BadParameter` alone: they are told by what they hold."""
    match vars(error):
        case {"param": param, "param_type": _} if param is not None:
            return Message("{parameter} is missing.", {"parameter": _hint(param)})
        case {"param": param} if param is not None:
            return _bad_value(_hint(param), error)
        case {"option_name": name, "possibilities": near}:
            return _no_option(name, near or ())
        case {"option_name": name}:
            takes_none = Message("The option {name} takes no value.", {"name": _quoted(name)})
            needs_one = Message("The option {name} needs a value.", {"name": _quoted(name)})
            return takes_none if "does not take" in error.message else needs_one
    if extra := _TOO_MANY.fullmatch(error.message):
        return Message("Too many arguments: {extra}.", {"extra": _quoted(extra[1])})
    return Message("{text}", {"text": error.format_message()})


def _no_option(name: str, known: Iterable[str]) -> Message:
    near = ", ".join(f"`{word}`" for word in sorted(known))
    values = {"name": _quoted(name), "near": near}
    if near:
        return Message("There is no option {name}. Perhaps {near}?", values)
    return Message("There is no option {name}.", values)


def _bad_value(parameter: str, error: typer.TyperException) -> Message:
    """Why a value cannot be used, from its cause, an error of pydantic."""
    wrong: dict[str, Any] = next(iter(getattr(error.__cause__, "errors", list)()), {})
    values = {"parameter": parameter, "given": _quoted(str(wrong.get("input", ""))), **wrong.get("ctx", {})}
    values = {name: str(value) for name, value in values.items()}  # a decimal is shown as it was typed
    match str(wrong.get("type", "")).split("_"):
        case ["int", *_]:
            return Message("{parameter}: {given} is no whole number.", values)
        case ["float", *_] | ["finite", *_]:
            return Message("{parameter}: {given} is no number.", values)
        case ["greater", "than", "equal"]:
            return Message("{parameter}: {given} is too small: at least {ge}.", values)
        case ["less", "than", "equal"]:
            return Message("{parameter}: {given} is too large: at most {le}.", values)
    if choices := _CHOICES.search(error.message):
        return Message("{parameter}: {given} is none of {known}.", {**values, "known": choices[1].replace("'", "")})
    return Message("{parameter}: {text}", {"parameter": parameter, "text": error.message})


def _quoted(given: str) -> str:
    """The typed text, on one line and without control characters."""
    return f'"{"".join(c if c.isprintable() else "?" for c in given)}"'
