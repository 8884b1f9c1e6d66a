"""Answers of pages: HTML from a template, another page, or bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Html:
    """A template and its values.

    `part`: the block that answers a request of the page's script; empty: the whole page. `is_last`: a script that asks
    repeatedly can stop; the answer replaces the whole content.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    part: str = ""
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class SeeOther:
    """Another page, after a post. `cookie`: the token of a session to set; "" removes it."""

    path: str
    cookie: str | None = None


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file: a picture of the year, or a download. `packs`: may be compressed, since its size reveals no secret."""

    data: bytes
    kind: str
    name: str | None = None
    packs: bool = False


Answer = Html | SeeOther | Bytes
