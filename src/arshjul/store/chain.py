"""Hashes that make damage and tampering visible: of a blob, of a row, of a revision and all before it.

SQLite's own check notices one flipped byte in fifty. What is hashed is JSON with sorted
keys, so that no two different things are written alike.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from arshjul.store.faults import Damaged
from arshjul.store.schema import moment_text

MOST_UNPACKED = 100_000_000
"""A blob is a file of a plan folder, and none of those is as large."""

FIRST = "0" * 64
"""What stands before the first link of a chain."""


_GZIP = 16 + zlib.MAX_WBITS
_AT_ONCE = 100_000

SIZE_BYTES = 4
"""So many at the end of a gzip say how many bytes it becomes."""


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def hash_of(values: Mapping[str, object], previous: str = "") -> str:
    """The hash of a row, or of a link that follows `previous`. A key `hash` or `seal` is not part of it."""
    text = json.dumps(
        [previous, counted(values)], sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_text
    )
    return digest_of(text.encode("utf-8", "surrogatepass"))


_AS_BEFORE = {"content": "all", "client": "", "with_plan": False}
"""Columns that rows had not from the start, and what those of before have there: they hash as they did."""


def counted(values: Mapping[str, object]) -> dict[str, object]:
    """What of a row is hashed."""
    return {
        key: value
        for key, value in values.items()
        if key not in ("hash", "seal") and (key not in _AS_BEFORE or value != _AS_BEFORE[key])
    }


def site_seal(salt: bytes, body: bytes) -> str:
    """The hash that is kept of a site for ever: it tells nothing to whoever has not its salt."""
    return digest_of(salt + body)


def packed(data: bytes) -> bytes:
    """Gzipped, the same bytes for the same data."""
    return gzip.compress(data, 6, mtime=0)


def unpacked(gzipped: bytes, digest: str) -> bytes:
    """The data again. Damaged where it is not what the digest names, or more than it says or may be."""
    data = b"".join(_pieces(gzipped))
    if digest_of(data) != digest:
        raise Damaged("a blob is not what its name says")
    return data


def inflated(gzipped: bytes) -> bytes:
    """The data again, of which no digest was kept. Damaged where it is more than it says or may be."""
    return b"".join(_pieces(gzipped))


def judge_blob(gzipped: bytes, digest: str) -> None:
    """Damaged where `unpacked` would be; it never holds more than a piece of the data."""
    found = hashlib.sha256()
    for piece in _pieces(gzipped):
        found.update(piece)
    if found.hexdigest() != digest:
        raise Damaged("a blob is not what its name says")


def said_size(end: bytes) -> int:
    """How many bytes a gzip with that end says that it becomes."""
    return int.from_bytes(end[-SIZE_BYTES:], "little")


def _pieces(gzipped: bytes) -> Iterator[bytes]:
    """The data piece by piece, never further than the blob itself says: what all say can be summed beforehand."""
    stream, left, given = zlib.decompressobj(wbits=_GZIP), said_size(gzipped), memoryview(gzipped)
    if left > MOST_UNPACKED:
        raise Damaged("a blob is too large")
    for start in range(0, len(given), _AT_ONCE):
        fed: bytes | memoryview = given[start : start + _AT_ONCE]
        while fed:
            if stream.eof:
                raise Damaged("something follows a blob")
            try:
                piece = stream.decompress(fed, _AT_ONCE)
            except zlib.error as error:
                raise Damaged("a blob cannot be unpacked") from error
            left -= len(piece)
            if left < 0:
                raise Damaged("a blob becomes more than it says")
            yield piece
            fed = stream.unused_data or stream.unconsumed_tail
    if not stream.eof:
        raise Damaged("a blob breaks off")


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return moment_text(value)
    raise TypeError(f"Expected text, numbers or moments, got {type(value).__name__}")
