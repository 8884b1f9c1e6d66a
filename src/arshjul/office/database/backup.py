"""backup: copies a database while it is in use.

A copy is one SQLite file, whatever the kind of database, with a manifest of hashes beside it. It holds no sites unless
asked for, plain ones only on explicit request, and of addresses only hashes.

The copy is on disk, under its name, before the manifest that describes it gets its own. If it is stopped at any step,
it leaves either a complete backup, or a remnant that the next backup of that name removes. A copy that lacks only its
manifest's name is given it; the next backup of that name replaces it once its own copy is on disk.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from arshjul.errors import InputError, Message, Refused, StorageError
from arshjul.office.store import copying, revisions, schema, site_key
from arshjul.office.store.copying import TakenSites
from arshjul.office.store.store import Store, make_store
from arshjul.serving.sql.columns import moment_text
from arshjul.system.files import HeldByAnother, held
from arshjul.year.formats.atomic import create, read_regular, sync
from arshjul.year.formats.json_guard import json_bytes, json_data
from arshjul.year.texts.system import why

FORMAT = "arshjul-backup/1"
MOST_MANIFEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made or restored: the revision that it serves, and that revision's hash.

    `revoked`: the subscribers who had an address and now have none; `in_clear`: the plain sites that were left out;
    `shut`: the ways to be admitted that are now closed, by table. `owed`: the parties with waiting messages;
    `doubtful`: the messages that may or may not have been sent; `told_until`: the moment after which it is unknown what
    was told, None if everything is known. `unread`: sentences about damaged parts of the replaced database that could
    not be read. `key_fault`: why the given key does not open all encrypted sites; `is_unchecked`: there are encrypted
    sites, and no key was given.
    """

    file: Path
    revision: int | None
    head: str | None
    revoked: int = 0
    in_clear: int = 0
    shut: Mapping[str, int] = field(default_factory=dict)
    owed: int = 0
    doubtful: int = 0
    told_until: datetime | None = None
    unread: tuple[Message, ...] = ()
    key_fault: Message | None = None
    is_unchecked: bool = False


def manifest_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.manifest.json")


def backup(
    store: Store, file: Path, now: datetime, *, sites: TakenSites = "none", key_file: Path | None = None
) -> Copied:
    """Entirely or not at all; `key_file`, of the `sites`, is only checked. InputError if the file exists already."""
    half, waiting = _half(file), _half(manifest_of(file))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _alone(file) as is_finished:
            if not is_finished:
                _refuse_known(file)
            create(half, b"")
            copied, hashes = _copy_into(store, half, sites, key_file)
            sync(half)
            create(waiting, json_bytes(_manifest(half, copied, hashes, now)))
            half.replace(file)
            sync(file.parent)
            waiting.replace(manifest_of(file))
            sync(file.parent)
    except OSError as error:
        values = {"file": str(file), "reason": why(error)}
        raise StorageError(Message("{file} was not written: {reason}", values)) from None
    return replace(copied, file=file)


@contextmanager
def _alone(file: Path) -> Iterator[bool]:
    """True if there was a copy to finish, which an interrupted process left and has not reported yet."""
    try:
        with held(file.with_name(f".{file.name}.lock")):
            is_finished = _finish(file)
            _clear(file)
            try:
                yield is_finished
            finally:
                with contextlib.suppress(OSError):
                    _clear(file)
    except HeldByAnother:
        raise Refused(
            Message("Another process is writing to {name}: try again in a moment.", {"name": str(file)})
        ) from None


def _finish(file: Path) -> bool:
    """Gives a waiting manifest its final name beside its copy; False if there is none."""
    if not _is_unfinished(file):
        return False
    _half(manifest_of(file)).replace(manifest_of(file))
    sync(file.parent)
    return True


def _is_unfinished(file: Path) -> bool:
    """True if a waiting manifest describes that very file."""
    waiting = _half(manifest_of(file))
    with contextlib.suppress(InputError):
        if waiting.exists() and file.exists():
            says = json_data(read_regular(waiting, MOST_MANIFEST), waiting.name, MOST_MANIFEST)
            return isinstance(says, dict) and says.get("file") == digest_of_file(file)
    return False


def _clear(file: Path) -> None:
    """Removes unfinished files, but not the manifest of a copy that lacks only its name."""
    half = _half(file)
    if not _is_unfinished(file):
        _half(manifest_of(file)).unlink(missing_ok=True)
    for end in ("-journal", "-wal", "-shm", ""):  # SQLite would apply an old journal's pages to the new file
        half.with_name(half.name + end).unlink(missing_ok=True)


def _refuse_known(file: Path) -> None:
    for path in (file, manifest_of(file)):
        if path.exists():
            raise InputError(Message("{file} exists: name a new file.", {"file": str(path)}))


def _half(file: Path) -> Path:
    return file.with_name(f".{file.name}.half")


def _manifest(half: Path, copied: Copied, hashes: dict[str, str], now: datetime) -> dict[str, object]:
    return {
        "format": FORMAT,
        "made_at": moment_text(now),
        "tables": schema.YEAR.head,
        "revision": copied.revision,
        "head": copied.head,
        "rows": hashes,
        "file": digest_of_file(half),
    }


def _copy_into(store: Store, half: Path, sites: TakenSites, key_file: Path | None) -> tuple[Copied, dict[str, str]]:
    target = make_store(str(half), wal=False)
    source, fault = store.with_key_there(key_file)
    with source.reading() as rows, target.writing() as db:
        hashes = copying.copy(rows, db, sites=sites)
        last = revisions.current(db)
        left_out = site_key.count(rows)[0] if sites == "encrypted" else 0
        is_encrypted = sites != "none" and site_key.is_needed(rows)
        key_fault = (fault or site_key.fault(rows)) if is_encrypted else None
    copied = Copied(
        half,
        last.number if last else None,
        last.hash if last else None,
        in_clear=left_out,
        key_fault=key_fault,
        is_unchecked=is_encrypted and key_file is None,
    )
    return copied, hashes


def digest_of_file(file: Path) -> str:
    """SHA-256 of a file that may be larger than memory. OSError if it is no regular file."""
    read_regular(file, 0)
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
