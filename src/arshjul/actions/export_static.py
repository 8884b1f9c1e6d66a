"""The served feeds as files, for a plain web server or an object store.

There, the name is the secret: each feed gets one that nobody can guess and that stays the same from
one export to the next, made from a key that is kept apart. Who has a name can be shut out only with
all others, by another key; where that matters, `arshjul serve` gives each subscriber its own.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arshjul.errors import InputError, Message, StorageError
from arshjul.formats.json_guard import json_bytes
from arshjul.store import revisions
from arshjul.store.chain import packed
from arshjul.store.store import Store
from arshjul.texts.system import why

KEY_BYTES = 32
ETAGS = "etags.json"
FOLDER = "feeds"


@dataclass(frozen=True, slots=True)
class Exported:
    """A feed that was written. `path` is relative to the folder; `etag` is the SHA-256 of the file."""

    party: str
    level: str
    path: str
    etag: str


def export_static(store: Store, folder: Path, key_file: Path) -> tuple[Exported, ...]:
    """Writes every served feed under FOLDER/feeds, plain and gzipped, and what may stay there no longer away.

    etags.json beside it tells path and ETag of each, for whoever sets up the server; it is not to be served.
    """
    with store.reading() as db:
        number = revisions.pointer(db)
        if number is None:
            raise InputError(Message("Nothing is published yet: `arshjul publish` puts a plan there."))
        rows = revisions.feeds(db, number)
        contents = {row.ics: revisions.blob(db, row.ics) for row in rows}
    try:
        key = _key(key_file)
        exported = []
        for row in rows:
            path = f"{FOLDER}/{_name(key, row.party, row.level)}/{row.party}.ics"
            moment = row.last_modified.timestamp()
            _put(folder / path, contents[row.ics], moment)
            _put(folder / f"{path}.gz", packed(contents[row.ics]), moment)
            exported.append(Exported(row.party, row.level, path, row.ics))
        _take_away(folder, {one.path for one in exported})
        listing = [{"party": e.party, "level": e.level, "path": e.path, "etag": f'"{e.etag}"'} for e in exported]
        _put(folder / ETAGS, json_bytes(listing), None, mode=0o600)
    except OSError as error:
        values = {"folder": str(folder), "reason": why(error)}
        raise StorageError(Message("{folder} was not written whole: {reason}", values)) from None
    return tuple(exported)


def _key(file: Path) -> bytes:
    """The key in the file; a new one where there is none."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_bytes()
        if len(key) != KEY_BYTES:
            raise InputError(Message("{file} is no key of an export.", {"file": str(file)})) from None
        return key
    with os.fdopen(handle, "wb") as new:
        key = secrets.token_bytes(KEY_BYTES)
        new.write(key)
    return key


def _name(key: bytes, party: str, level: str) -> str:
    made = hmac.digest(key, f"{party}@{level}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _put(path: Path, data: bytes, moment: float | None, mode: int = 0o644) -> None:
    """Writes the file in one step: who reads it sees the old one or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    with open(half, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(data)
    if moment is not None:
        os.utime(half, (moment, moment))
    half.replace(path)


def _take_away(folder: Path, paths: set[str]) -> None:
    """Removes feeds of an earlier export that are not in this one."""
    for file in _feeds(folder):
        if file.relative_to(folder).as_posix().removesuffix(".gz") not in paths:
            file.unlink()
            if not any(file.parent.iterdir()):
                file.parent.rmdir()


def _feeds(folder: Path) -> Iterator[Path]:
    yield from [*(folder / FOLDER).glob("*/*.ics"), *(folder / FOLDER).glob("*/*.ics.gz")]
