"""Hashes that reveal damage and tampering: of a blob, of a row, of a revision and all before it.

SQLite's own check notices one flipped byte in fifty. The hashed form is JSON with sorted keys, so that different things
have different forms.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from arshjul.serving.sql.columns import moment_text
from arshjul.serving.sql.errors import Damaged

MOST_UNPACKED = 100_000_000
"""The largest unpacked blob: blobs are files of a plan folder, which are smaller."""

FIRST = "0" * 64
"""The hash before the first link of a chain."""


_GZIP = 16 + zlib.MAX_WBITS
_AT_ONCE = 100_000

SIZE_BYTES = 4
"""The number of bytes at the end of a gzip that give its unpacked size."""


def digest_of(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def hash_of(values: Mapping[str, object], previous: str = "") -> str:
    """The hash of a row, or a link after `previous`, without `hash` and `seal`. Damaged: no text, number or moment."""
    text = json.dumps(
        [previous, counted(values)], sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_text
    )
    return digest_of(text.encode("utf-8", "surrogatepass"))


def counted(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a row that are hashed."""
    return {key: value for key, value in values.items() if key not in ("hash", "seal")}


def site_seal(salt: bytes, body: bytes) -> str:
    """The hash of a site that is kept for ever: without the salt it reveals nothing."""
    return digest_of(salt + body)


def packed(data: bytes) -> bytes:
    """The data gzipped; equal data gives equal bytes."""
    return gzip.compress(data, 6, mtime=0)


def unpacked(gzipped: bytes, digest: str) -> bytes:
    """The unpacked data. Damaged if it does not match the digest, or exceeds its declared size or the limit."""
    data = b"".join(_pieces(gzipped))
    if digest_of(data) != digest:
        raise Damaged("a blob is not what its name says")
    return data


def inflated(gzipped: bytes) -> bytes:
    """The unpacked data, without a digest. Damaged if it exceeds its declared size or the limit."""
    return b"".join(_pieces(gzipped))


def judge_blob(gzipped: bytes, digest: str) -> None:
    """Damaged if `unpacked` would be; it never holds more than a piece of the data."""
    hasher = hashlib.sha256()
    for piece in _pieces(gzipped):
        hasher.update(piece)
    if hasher.hexdigest() != digest:
        raise Damaged("a blob is not what its name says")


def said_size(end: bytes) -> int:
    return int.from_bytes(end[-SIZE_BYTES:], "little")


def _pieces(gzipped: bytes) -> Iterator[bytes]:
    """The data in pieces, never beyond the blob's declared size, so that declared sizes can be summed beforehand."""
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
    raise Damaged("a value of a kind that was never written")  # a flipped bit makes bytes of a text in SQLite
