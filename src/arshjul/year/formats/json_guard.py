"""JSON bytes to data and back: input passes a guard, and output is always the same bytes.

Refused are duplicate keys, NaN and infinities, depths that would exhaust the stack, and lone surrogates, with which no
feed could be written.
"""

import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from arshjul.errors import InputError, Message, Problem

MOST_BYTES = 20_000_000  # assumption: 5000 operations with their reasons in words take half of it
MOST_PIECES = 300_000  # lists, mappings and their items: a scenario of 5000 operations has half of it
_LONGEST = 1000  # digits
_WORD_CUT = re.compile(r"[-+.\w\\]*")  # nothing, or half a number, word or escape
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # an escape that may be half of a pair, alone


def json_bytes(value: object) -> bytes:
    """UTF-8, one item a line, keys in the order given."""
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


class DuplicateKeys(dict[str, object]):
    """A mapping with a duplicate key, for a reader that reports the place; `twin` is the key."""

    twin = ""


def json_data(data: bytes, file: str, most: int = MOST_BYTES, *, marked: bool = False) -> object:
    """The data in those bytes. InputError if they are not clean JSON; `file` is the name in the error.

    `marked`: some faults are left in the data for a reader that reports their place: a mapping with a duplicate key as
    `DuplicateKeys`, NaN and infinities as floats, a number of thousands of digits as another that is too large.
    """
    refuse_too_large(data, file, most, None if marked else MOST_PIECES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused("encoding", Message("The file is not in UTF-8: save it as UTF-8."), file, line) from None
    try:
        value = _marked(text) if marked else _clean(text)
        if _HALF.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise _broken(text, error, file) from None
    except _Twin:
        raise _refused("duplicate-key", Message("The key stands twice: keep one."), file) from None
    except RecursionError:
        raise _refused("too-large", Message("Lists and mappings are nested too deep."), file) from None
    except ValueError:
        raise _refused("bad-value", Message("A number or character cannot be used."), file) from None
    return value


def refuse_too_large(data: bytes, file: str, most: int = MOST_BYTES, pieces: int | None = MOST_PIECES) -> None:
    """Counts pieces before anything is made of them; a comma in a text counts too."""
    if len(data) > most:
        raise _refused("too-large", Message("The file has more than {most} bytes: divide it.", {"most": most}), file)
    if pieces is not None and sum(data.count(sign) for sign in (b"[", b"{", b",")) > pieces:
        text = Message("The file has more than {most} pieces: divide it.", {"most": pieces})
        raise _refused("too-large", text, file)


@contextmanager
def uncollected() -> Iterator[None]:
    """Turns off garbage collection within the context: with millions of new objects it takes longer than they do."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Twin(ValueError):
    """A duplicate key. The error does not name it, since it may be part of a site."""


def _clean(text: str) -> object:
    return json.loads(text, object_pairs_hook=_without_twins, parse_constant=_no_constant)


def _marked(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_marking_twins)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a number with more digits than Python converts
        return json.loads(text, object_pairs_hook=_marking_twins, parse_int=_short)


def _short(digits: str) -> int:
    return int(digits) if len(digits) <= _LONGEST else 10**_LONGEST


def _marking_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) == len(pairs):
        return mapping
    keys = [key for key, _ in pairs]
    twins = DuplicateKeys(mapping)
    twins.twin = next(key for n, key in enumerate(keys) if key in keys[:n])
    return twins


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _Twin
    return mapping


def _broken(text: str, error: json.JSONDecodeError, file: str) -> InputError:
    """The problem of a text that is no JSON: it is empty, or cut off, or has a syntax error."""
    whole = text.rstrip()
    if not whole.strip():
        return _refused("empty", Message("The file is empty: copy it again."), file, 1)
    rest = whole[error.pos :]
    if error.pos and (_WORD_CUT.fullmatch(rest) or error.msg.startswith("Unterminated string")):
        told = Message("The file is cut off here: copy it again.")
        return _refused("syntax", told, file, whole.count("\n") + 1)
    if error.msg == "Extra data":
        told = Message("Text follows after the JSON: keep one value.")
    else:
        values = {"column": error.colno}
        told = Message("This is not JSON: check commas, quotes and brackets near column {column}.", values)
    return _refused("syntax", told, file, error.lineno)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refused(kind: str, text: Message, file: str, line: int | None = None) -> InputError:
    return InputError(Message("{file} cannot be read.", {"file": file}), [Problem(kind, text, file, line)])
