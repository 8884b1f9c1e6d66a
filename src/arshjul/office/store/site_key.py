"""Encryption of stored sites, under a key in a file outside the database and its backups.

The file may hold several keys, one a line: the first encrypts, and all of them decrypt. So a key is changed by adding a
new one above it.

A site published before there was a key was sealed as plain text. It is encrypted together with its salt, by which its
seal could be tested against a register; its row then has none.
"""

import base64
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, select, update

from arshjul.errors import InputError, Message, StorageError
from arshjul.office.store import tables
from arshjul.system.files import is_shared, opened_regular
from arshjul.year.texts.system import why

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

OPTION = "site_key"

_PLAIN = b"{"
"""The beginning of a site that is not encrypted, which is JSON."""

_MOST_BYTES = 5000

_FERNET_FRAME_BYTES, _FERNET_BLOCK_BYTES = 1 + 8 + 16 + 32, 16
"""Sizes by Fernet's specification: of a token without its blocks, and of a block."""

OTHER_KEY = Message("The key of --key-file does not open the objects: name the file that encrypted them.")

UNCHECKED = Message("Encrypted objects can only be checked with their key: give --key-file.")


def gone(file: Path) -> Message:
    return Message(
        "{file} does not exist, and the objects are encrypted: bring back their key.",
        {"file": str(file)},
    )


def key_in(file: Path, *, make: bool = True) -> "MultiFernet":
    """The keys in a file, which is made if missing and `make`. InputError if there is none, or others may read it."""
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - only where there is a key

    try:
        if not file.exists():
            if not make:
                raise InputError(gone(file))
            _make(file, Fernet.generate_key() + b"\n")
        with opened_regular(file) as opened:
            is_open, data = is_shared(os.fstat(opened.fileno()).st_mode), opened.read(_MOST_BYTES)
    except OSError as error:
        raise StorageError(Message("{path}: {why}.", {"path": str(file), "why": why(error)})) from None
    if is_open:
        raise InputError(Message("{file} is open to others: run chmod 600.", {"file": str(file)}))
    try:
        return MultiFernet([Fernet(line) for line in data.split()])
    except ValueError:
        raise InputError(
            Message("{path} has no key of objects: name the file that --key-file made.", {"path": str(file)})
        ) from None


def _make(file: Path, key: bytes) -> None:
    """Writes a key to disk before it is used; if another process made one meanwhile, that one stays."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as made:
            made.write(key)
            made.flush()
            os.fsync(made.fileno())
        with suppress(FileExistsError):
            os.link(beside, file)
    finally:
        beside.unlink(missing_ok=True)
    if os.name != "nt":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def has_key(db: Connection) -> bool:
    return _key(db) is not None


def is_in_clear(body: bytes) -> bool:
    return bytes(body).startswith(_PLAIN)


def count(db: Connection) -> tuple[int, int]:
    """The number of plain sites, and of all."""
    bodies = [body for table in tables.OF_SITES for body in db.execute(select(table.c.body)).scalars()]
    return sum(map(is_in_clear, bodies)), len(bodies)


def encrypt_all(db: Connection) -> int:
    """Encrypts every plain site; returns their number. InputError if others are under another key."""
    key, n = _key(db), 0
    if key is None:
        return 0
    for table in tables.OF_SITES:
        for row in db.execute(select(table)).mappings().all():
            if not is_in_clear(row["body"]):
                unlocked(db, bytes(row["body"]))
                continue
            body = bytes(row["body"])
            values: dict[str, object] = {"body": key.encrypt(body)}
            if "salt" in row:
                salt = bytes(row["salt"])
                values = {"body": key.encrypt(bytes([len(salt)]) + salt + body), "salt": b""}
            there = (column == row[column.name] for column in table.primary_key.columns)
            db.execute(update(table).where(*there).values(values))
            n += 1
    return n


def opened(db: Connection, salt: bytes, body: bytes) -> tuple[bytes, bytes]:
    packed = unlocked(db, body)
    if salt:
        return salt, packed
    return packed[1 : 1 + packed[0]], packed[1 + packed[0] :]


def sealed(db: Connection, salt: bytes, body: bytes) -> tuple[bytes, bytes]:
    """The salt and body over which a published site's seal was computed."""
    return (salt, body) if salt else opened(db, salt, body)


def fault(db: Connection) -> Message | None:
    """Why the given key does not open all encrypted sites, but damaged ones, which none could; None if it does."""
    whole = [body for body in _encrypted(db) if is_whole(body)]
    n_opened = sum(_is_opened(db, body) for body in whole)
    if not has_key(db) or n_opened == len(whole):
        return None
    if not n_opened:
        return OTHER_KEY
    return Message(
        "The key of --key-file opens {n} of {all} encrypted objects: "
        "add the older key on a line of its own, below the newer.",
        {"n": n_opened, "all": len(whole)},
    )


def is_whole(body: bytes) -> bool:
    """True if it can be an encrypted site: Fernet's version, moment, vector, blocks and signature."""
    try:
        token = base64.urlsafe_b64decode(body)
    except ValueError:
        return False
    n_blocks = len(token) - _FERNET_FRAME_BYTES
    return token[:1] == b"\x80" and n_blocks > 0 and n_blocks % _FERNET_BLOCK_BYTES == 0


def is_closed(db: Connection, body: bytes) -> bool:
    """True if it is a complete encrypted site that the key does not open."""
    return not is_in_clear(body) and is_whole(body) and not _is_opened(db, body)


def _encrypted(db: Connection) -> list[bytes]:
    bodies = (bytes(body) for table in tables.OF_SITES for body in db.execute(select(table.c.body)).scalars())
    return [body for body in bodies if not is_in_clear(body)]


def _is_opened(db: Connection, body: bytes) -> bool:
    try:
        unlocked(db, body)
    except InputError:
        return False
    return True


def is_needed(db: Connection) -> bool:
    """True if any site is encrypted, so that its key cannot be replaced by a new one."""
    return bool(_encrypted(db))


def refuse_other_key(db: Connection) -> None:
    """InputError if a site is encrypted and the given key, or lack of one, does not open it."""
    for table in tables.OF_SITES:
        for body in db.execute(select(table.c.body)).scalars():
            unlocked(db, bytes(body))


def locked(db: Connection, bodies: Iterable[bytes]) -> list[bytes]:
    """The bodies of sites in stored form. InputError if others are encrypted under another key."""
    key, plain = _key(db), list(bodies)
    for body in _latest(db) if plain else ():
        unlocked(db, body)
    return plain if key is None else [key.encrypt(body) for body in plain]


def unlocked(db: Connection, body: bytes) -> bytes:
    """The decrypted body of a site; a plain one is returned as it is."""
    if is_in_clear(body):
        return body
    key = _key(db)
    if key is None:
        raise InputError(Message("The objects in the database are encrypted: give their key with --key-file."))
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - only where there is a key

    try:
        return key.decrypt(body)
    except InvalidToken:
        raise InputError(OTHER_KEY) from None


def _key(db: Connection) -> "MultiFernet | None":
    return cast("MultiFernet | None", db.get_execution_options().get(OPTION))


def _latest(db: Connection) -> list[bytes]:
    """A site of the draft, and one of the latest published ones."""
    site = tables.site.c
    queries = (select(tables.draft_site.c.body).limit(1), select(site.body).order_by(site.revision.desc()).limit(1))
    return [bytes(body) for query in queries for body in db.execute(query).scalars()]
