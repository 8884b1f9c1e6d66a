"""Answers of pages: HTML from a template, another page, or bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Html:
    """A template and its values.

    `part`: the block of it that answers a script of the page; empty where none asks for it. `is_last`: one that
    asks again and again need not any more, and this takes the place of the whole content.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    part: str = ""
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class SeeOther:
    """Another page, after something was posted. `cookie`: a session's token to hand out; "" takes it back."""

    path: str
    cookie: str | None = None


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file: a picture of the year, or one to keep. `packs`: it shrinks, and its size could tell no secret."""

    data: bytes
    kind: str
    name: str | None = None
    packs: bool = False


Answer = Html | SeeOther | Bytes
