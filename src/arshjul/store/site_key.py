"""Sites at rest: encrypted under a key in a file of its own, which lies neither in the database nor in its backups.

The file may hold several keys, each on a line: what is written is encrypted under the first, and what
was encrypted under any of them is read. So a key is changed by putting a new one above it.

A site that was published before there was a key was sealed in clear. It is encrypted with its salt, by which its
seal could be tried against a register; its row then has none.
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
from arshjul.files import is_shared, opened_regular
from arshjul.store import schema
from arshjul.texts.system import why

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

OPTION = "site_key"
"""The option of a connection that holds the key."""

_PLAIN = b"{"
"""A site that is not encrypted is JSON, and begins so."""

_MOST_BYTES = 5000

_FERNET_FRAME_BYTES, _FERNET_BLOCK_BYTES = 1 + 8 + 16 + 32, 16
"""Fernet's specification: all of a token but its blocks, and a block."""

OTHER_KEY = Message("The key given with --key-file does not open the sites: name the file that they were kept with.")

UNCHECKED = Message("Whether encrypted sites are as they were is seen with their key alone: say --key-file.")


def gone(file: Path) -> Message:
    """That the key of encrypted sites is not where it is said to be."""
    return Message(
        "There is no {file}, and the sites are encrypted: bring their key back, as another does not open them.",
        {"file": str(file)},
    )


def key_in(file: Path, *, make: bool = True) -> "MultiFernet":
    """The keys in a file, which is made where there is none and `make` allows it.

    InputError where it is no key, or others may read it, or where there is none and none is made.
    """
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
        raise InputError(Message("Others may use {file}: give it to its owner alone, chmod 600.", {"file": str(file)}))
    try:
        return MultiFernet([Fernet(line) for line in data.split()])
    except ValueError:
        raise InputError(
            Message("{path} holds no key of sites: name the file that --key-file made.", {"path": str(file)})
        ) from None


def _make(file: Path, key: bytes) -> None:
    """Brings a key to the disk before anything is encrypted under it; where another made one just then, that stands."""
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
    """True if sites are kept under a key there."""
    return _key(db) is not None


def is_in_clear(body: bytes) -> bool:
    """True if that is a site which is not encrypted."""
    return bytes(body).startswith(_PLAIN)


def count(db: Connection) -> tuple[int, int]:
    """The number of sites that lie in clear, and of all."""
    bodies = [body for table in schema.OF_SITES for body in db.execute(select(table.c.body)).scalars()]
    return sum(map(is_in_clear, bodies)), len(bodies)


def encrypt_all(db: Connection) -> int:
    """Encrypts every site that lies in clear; how many they were. InputError where others are under another key."""
    key, n = _key(db), 0
    if key is None:
        return 0
    for table in schema.OF_SITES:
        for row in db.execute(select(table)).mappings().all():
            if not is_in_clear(row["body"]):
                unlocked(db, bytes(row["body"]))
                continue
            body = bytes(row["body"])
            values: dict[str, object] = {"body": key.encrypt(body)}
            if "salt" in row:
                values = {"body": key.encrypt(_with_salt(bytes(row["salt"]), body)), "salt": b""}
            there = (column == row[column.name] for column in table.primary_key.columns)
            db.execute(update(table).where(*there).values(values))
            n += 1
    return n


def opened(db: Connection, salt: bytes, body: bytes) -> tuple[bytes, bytes]:
    """The salt of a published site, and its body as it was given."""
    found = unlocked(db, body)
    if salt:
        return salt, found
    return found[1 : 1 + found[0]], found[1 + found[0] :]


def sealed(db: Connection, salt: bytes, body: bytes) -> tuple[bytes, bytes]:
    """The salt and body that the seal of a published site is of."""
    return (salt, body) if salt else opened(db, salt, body)


def _with_salt(salt: bytes, body: bytes) -> bytes:
    return bytes([len(salt)]) + salt + body


def fault(db: Connection) -> Message | None:
    """The reason why the key that is given is not the one of the encrypted sites, or not all of it; None where it is.

    A site that no key could open, since it is damaged, is not judged.
    """
    whole = [body for body in _encrypted(db) if is_whole(body)]
    n_opened = sum(_is_opened(db, body) for body in whole)
    if not has_key(db) or n_opened == len(whole):
        return None
    if not n_opened:
        return OTHER_KEY
    return Message(
        "The key given with --key-file opens {n} of {all} encrypted sites: the file lacks a key with which others were "
        "kept. Put that on a line of its own, below the newer ones.",
        {"n": n_opened, "all": len(whole)},
    )


def is_whole(body: bytes) -> bool:
    """True if that can be an encrypted site: Fernet's version, moment, vector, blocks and seal."""
    try:
        token = base64.urlsafe_b64decode(body)
    except ValueError:
        return False
    n_blocks = len(token) - _FERNET_FRAME_BYTES
    return token[:1] == b"\x80" and n_blocks > 0 and n_blocks % _FERNET_BLOCK_BYTES == 0


def is_closed(db: Connection, body: bytes) -> bool:
    """True if that is a whole encrypted site that the key does not open."""
    return not is_in_clear(body) and is_whole(body) and not _is_opened(db, body)


def _encrypted(db: Connection) -> list[bytes]:
    bodies = (bytes(body) for table in schema.OF_SITES for body in db.execute(select(table.c.body)).scalars())
    return [body for body in bodies if not is_in_clear(body)]


def _is_opened(db: Connection, body: bytes) -> bool:
    try:
        unlocked(db, body)
    except InputError:
        return False
    return True


def is_needed(db: Connection) -> bool:
    """True if a site is encrypted there: its key cannot be made anew."""
    return bool(_encrypted(db))


def refuse_other_key(db: Connection) -> None:
    """InputError where a site is encrypted and the key that is given, or none, does not open it."""
    for table in schema.OF_SITES:
        for body in db.execute(select(table.c.body)).scalars():
            unlocked(db, bytes(body))


def locked(db: Connection, bodies: Iterable[bytes]) -> list[bytes]:
    """The bodies of sites as they are kept. InputError where others are encrypted under another key."""
    key, plain = _key(db), list(bodies)
    for body in _latest(db) if plain else ():
        unlocked(db, body)
    return plain if key is None else [key.encrypt(body) for body in plain]


def unlocked(db: Connection, body: bytes) -> bytes:
    """The body of a site as it was given; one that was kept before there was a key is as it is."""
    if is_in_clear(body):
        return body
    key = _key(db)
    if key is None:
        raise _no_key()
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - only where there is a key

    try:
        return key.decrypt(body)
    except InvalidToken:
        raise InputError(OTHER_KEY) from None


def _key(db: Connection) -> "MultiFernet | None":
    return cast("MultiFernet | None", db.get_execution_options().get(OPTION))


def _latest(db: Connection) -> list[bytes]:
    """A site of the draft, and one of those that were published last."""
    site = schema.site.c
    queries = (select(schema.draft_site.c.body).limit(1), select(site.body).order_by(site.revision.desc()).limit(1))
    return [bytes(body) for query in queries for body in db.execute(query).scalars()]


def _no_key() -> InputError:
    return InputError(Message("The sites in the database are encrypted: name the file of their key with --key-file."))
