"""Help in the user's language: the texts of typer itself are replaced by translations.

typer has headings and remarks in English, and one formatter that writes all of them, so they are replaced there.
Unknown texts are written as typer has them.
"""

import re
from collections.abc import Sequence
from typing import Any

import typer

from arshjul.cli.console import own_words
from arshjul.errors import Message

_HEADINGS = {
    "Arguments": Message("Arguments"),
    "Options": Message("Options"),
    "Commands": Message("Commands"),
}
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
        super().write_dl([(_TYPE.sub("", name), _said(does)) for name, does in rows], col_max, col_spacing)


class Context(typer.Context):
    """The context of a command, with the translated help."""

    formatter_class = Formatter


def _said(does: str) -> str:
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
