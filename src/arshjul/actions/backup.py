"""backup: copies a database while it is in use.

A copy is one SQLite file, whichever database it is of, with a manifest of hashes beside it. It holds
no sites unless asked for, and of addresses only hashes.
"""

import contextlib
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.errors import InputError, Message, StorageError
from arshjul.formats.atomic import create, sync
from arshjul.formats.json_guard import json_bytes
from arshjul.formats.regular_file import read_regular
from arshjul.store import copying, revisions, versions
from arshjul.store.schema import moment_text
from arshjul.store.store import Store, make_store
from arshjul.texts.system import why

FORMAT = "arshjul-backup/1"
MOST_MANIFEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made or put back: the revision that it serves, and that revision's hash."""

    file: Path
    revision: int | None
    head: str | None
    revoked: int = 0


def manifest_of(file: Path) -> Path:
    """The manifest beside a copy."""
    return file.with_name(f"{file.name}.manifest.json")


def backup(store: Store, file: Path, now: datetime, *, sites: bool = False) -> Copied:
    """Copies the database into a new file, whole or not at all. InputError where the file is there already."""
    if file.exists() or manifest_of(file).exists():
        raise InputError(Message("{file} is there already: name a new file.", {"file": str(file)}))
    half = file.with_name(f".{file.name}.half")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        create(half, b"")
        copied, hashes = _copy_into(store, half, sites)
        manifest = {
            "format": FORMAT,
            "made_at": moment_text(now),
            "tables": versions.HEAD,
            "revision": copied.revision,
            "head": copied.head,
            "rows": hashes,
            "file": digest_of_file(half),
        }
        create(manifest_of(file), json_bytes(manifest))
        sync(half)
        half.replace(file)
    except OSError as error:
        values = {"file": str(file), "reason": why(error)}
        raise StorageError(Message("{file} was not written: {reason}", values)) from None
    finally:
        with contextlib.suppress(OSError):
            half.unlink()
    return Copied(file, copied.revision, copied.head)


def _copy_into(store: Store, half: Path, sites: bool) -> tuple[Copied, dict[str, str]]:
    target = make_store(str(half), wal=False)
    with store.reading() as rows, target.writing() as db:
        hashes = copying.copy(rows, db, sites=sites)
        last = revisions.current(db)
    return Copied(half, last.number if last else None, last.hash if last else None), hashes


def digest_of_file(file: Path) -> str:
    """SHA-256 of a file that may be larger than memory. OSError where it is no ordinary file."""
    read_regular(file, 0)
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
