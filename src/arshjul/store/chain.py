"""Hashes that make damage and tampering visible: of a blob, of a row, of a revision and all before it.

SQLite's own check notices one flipped byte in fifty. What is hashed is JSON with sorted
keys, so that no two different things are written alike.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import datetime

from arshjul.store.faults import Damaged
from arshjul.store.schema import moment_text

MOST_UNPACKED = 100_000_000
"""A blob is a file of a plan folder, and none of those is as large."""

FIRST = "0" * 64
"""What stands before the first link of a chain."""


_GZIP = 16 + zlib.MAX_WBITS
_AT_ONCE = 1_000_000


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def hash_of(values: Mapping[str, object], previous: str = "") -> str:
    """The hash of a row, or of a link that follows `previous`. A key `hash` or `seal` is not part of it."""
    counted = {key: value for key, value in values.items() if key not in ("hash", "seal")}
    text = json.dumps([previous, counted], sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_text)
    return digest_of(text.encode("utf-8", "surrogatepass"))


def site_seal(salt: bytes, body: bytes) -> str:
    """The hash that is kept of a site for ever: it tells nothing to whoever has not its salt."""
    return digest_of(salt + body)


def packed(data: bytes) -> bytes:
    """Gzipped, the same bytes for the same data."""
    return gzip.compress(data, 6, mtime=0)


def unpacked(gzipped: bytes, digest: str, most: int = MOST_UNPACKED) -> bytes:
    """The data again. Damaged where it is not what the digest names, or more than `most` bytes."""
    stream = zlib.decompressobj(wbits=_GZIP)
    try:
        data = stream.decompress(gzipped, most + 1)
    except zlib.error as error:
        raise Damaged("a blob cannot be unpacked") from error
    if len(data) > most or not stream.eof or stream.unused_data:
        raise Damaged("a blob cannot be unpacked")
    if digest_of(data) != digest:
        raise Damaged("a blob is not what its name says")
    return data


def unpacked_size(gzipped: bytes, most: int) -> int:
    """The size in bytes that it would become; counted no further than just past `most`."""
    stream, total = zlib.decompressobj(wbits=_GZIP), 0
    try:
        while gzipped and total <= most and not stream.eof:
            total += len(stream.decompress(gzipped, _AT_ONCE))
            gzipped = stream.unconsumed_tail
    except zlib.error:  # damage is another check's matter
        return total
    return total


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return moment_text(value)
    raise TypeError(f"Expected text, numbers or moments, got {type(value).__name__}")
