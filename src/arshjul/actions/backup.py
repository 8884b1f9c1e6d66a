"""Copies of a database while it is in use, and the way back.

A copy is one SQLite file, whichever database it is of, with a manifest of hashes beside it. It holds
no sites unless asked for, and of addresses only hashes; put back, it lets nobody in unless told so.
"""

import contextlib
import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.actions.doctor import damage
from arshjul.errors import InputError, Message, Refused, StorageError
from arshjul.formats.atomic import create, sync
from arshjul.formats.json_guard import json_bytes, json_data
from arshjul.formats.regular_file import read_regular
from arshjul.store import audit, copying, readers, revisions, versions
from arshjul.store.schema import moment_text
from arshjul.store.store import Store, make_store, open_store
from arshjul.texts.system import why

FORMAT = "arshjul-backup/1"
_MOST_MANIFEST = 1_000_000


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
            "file": _digest_of(half)[0],
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


def restore(file: Path, into: str, actor: str, now: datetime, *, replace: bool = False, keep: bool = False) -> Copied:
    """Puts a copy into a database, and revokes every address unless `keep` says otherwise.

    What the database knows of addresses that were closed since the copy was made stays true, and so does its log.
    InputError where the copy is not what its manifest says; Refused where the database holds
    something and `replace` does not say that it may go.
    """
    source = _examined(file)
    target = make_store(into)
    with source.reading() as rows, target.writing() as db:
        if not replace and not copying.is_empty(db):
            raise Refused(
                Message(
                    "{name} holds something already: name another database, or say --replace.", {"name": target.name}
                )
            )
        if not copying.is_empty(db) and audit.is_rehearsal(rows) is not audit.is_rehearsal(db):
            raise Refused(
                Message(
                    "One of {file} and {name} is a rehearsal, the other is not: name another database.",
                    {"file": str(file), "name": target.name},
                )
            )
        before, closed, log = copying.generation(db), readers.doors(db), audit.lines(db)
        copying.clear(db)
        copying.copy(rows, db, sites=True)
        copying.restored(db, before, now)
        readers.close_again(db, closed, now)
        audit.go_on(db, log)
        open_ones = [one for one in readers.subscribers(db) if one.revoked_at is None]
        for one in [] if keep else open_ones:
            readers.revoke(db, one, now)
        last = revisions.current(db)
        damaged = f", damaged lines of the log before: {wrong}" if (wrong := audit.broken(log)) else ""
        about = f"revision {last.number if last else 0}, addresses kept: {keep}{damaged}"
        audit.add(db, now, actor, "restore", about)
    target.forget_what_was_removed()
    n_revoked = 0 if keep else len(open_ones)
    return Copied(file, last.number if last else None, last.hash if last else None, n_revoked)


def _copy_into(store: Store, half: Path, sites: bool) -> tuple[Copied, dict[str, str]]:
    target = make_store(str(half), wal=False)
    with store.reading() as rows, target.writing() as db:
        hashes = copying.copy(rows, db, sites=sites)
        last = revisions.current(db)
    return Copied(half, last.number if last else None, last.hash if last else None), hashes


def _examined(file: Path) -> Store:
    """The copy, opened, when everything in it is what its manifest says."""
    manifest = manifest_of(file)
    try:
        digest, size = _digest_of(file)
        says = json_data(read_regular(manifest, _MOST_MANIFEST), manifest.name, _MOST_MANIFEST)
    except OSError as error:
        name = Path(error.filename or file).name
        raise InputError(
            Message(
                "{file} cannot be read: {reason}. A backup is a file, and its manifest beside it.",
                {"file": name, "reason": why(error)},
            )
        ) from None
    wrong = InputError(Message("{file} is not what its manifest says: it is damaged.", {"file": str(file)}))
    if not isinstance(says, dict) or says.get("format") != FORMAT or says.get("file") != digest:
        raise wrong
    source = open_store(str(file), also_older=True)
    rows = says.get("rows")
    with source.reading() as db:
        if not copying.is_plain(db, size):
            raise wrong
        if not isinstance(rows, dict) or copying.hashes(db, list(rows)) != rows:
            raise wrong
    if damage(source):
        raise wrong
    return source


def _digest_of(file: Path) -> tuple[str, int]:
    """SHA-256 and size of a file that may be larger than memory. OSError where it is no ordinary file."""
    read_regular(file, 0)
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest(), os.fstat(opened.fileno()).st_size
