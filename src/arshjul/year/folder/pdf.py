"""A PDF of what is handed to it in words: a process of its own makes it, one at a time."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from arshjul.errors import InputError, Message, NoAnswer
from arshjul.system.processes import python
from arshjul.year.formats.glyphs import printable

LIMIT_S = 10
NO_TYPST = 3
"""The exit code of the process where Typst is not installed."""

ONE_THREAD = {"MALLOC_ARENA_MAX": "1", "RAYON_NUM_THREADS": "1"}
"""Its environment: each thread more, of which Typst begins one a core, would take of its few addresses."""

GIVEN = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""Variables that the process inherits: in the rest of it addresses of databases and passwords may stand."""

FONTS = ("manimgx_fonts", "manimgx_fonts_cjk")
"""The packages with Noto fonts, which Typst has none of; `year/formats/glyphs.txt` is by them."""

_ONE_AT_A_TIME = threading.Lock()
_PLACES = {True: threading.BoundedSemaphore(2), False: threading.BoundedSemaphore(1)}
"""One that is made and one that waits: a thread that waits answers nobody. Who has entered a code has its own."""

T = TypeVar("T")

_UNMADE = Message("The PDF could not be made: try again.")


class NoTypst(InputError):
    def __init__(self) -> None:
        super().__init__(Message("PDFs need Typst: install `arshjul[pdf]`, or choose another file ending."))


def pdf_of(content: Mapping[str, object], *, is_raised: bool = True) -> bytes:
    """NoAnswer if it is not made in time. `is_raised`: for who has entered a code, or works at this machine."""
    places = _PLACES[is_raised]
    if not places.acquire(blocking=False):
        raise NoAnswer(_UNMADE)
    try:
        if not _ONE_AT_A_TIME.acquire(timeout=LIMIT_S):
            raise NoAnswer(_UNMADE)
        try:
            return _made(content)
        finally:
            _ONE_AT_A_TIME.release()
    finally:
        places.release()


def _made(content: Mapping[str, object]) -> bytes:
    own = {name: os.environ[name] for name in GIVEN if name in os.environ}
    environment = own | ONE_THREAD | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            python("-m", "arshjul.year.render.sheet_pdf", *font_folders()),
            input=json.dumps(printable(content), ensure_ascii=False).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoAnswer(_UNMADE) from None
    if done.returncode == NO_TYPST:
        raise NoTypst
    if done.returncode:
        raise NoAnswer(_UNMADE)
    return done.stdout


def writer_of(output: Path, writers: Mapping[str, T]) -> T:
    """By the ending of the name. InputError if it ends otherwise."""
    if (ending := output.suffix.casefold()) not in writers:
        raise InputError(Message("{file} must end in one of {known}.", {"file": output.name, "known": list(writers)}))
    return writers[ending]


def font_folders() -> list[str]:
    """Where the fonts are installed, beside Typst. NoTypst if they are not."""
    found = [spec.origin for name in FONTS if (spec := find_spec(name)) is not None and spec.origin]
    if len(found) < len(FONTS):
        raise NoTypst
    return [str(Path(file).parent) for file in found]
