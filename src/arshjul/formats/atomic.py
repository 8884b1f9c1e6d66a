"""Writing a file entirely or not at all, readable only by its owner unless a mode is given; and reading a regular one.

No existing name is ever written through: new content goes into a new file, which replaces the old one in one step, so
that neither a link nor a file planted in its place is followed.
"""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from arshjul.errors import InputError, Message, StorageError
from arshjul.files import BYTES, CLOSED_IN_CHILDREN, IN_NO_LINK, opened_regular
from arshjul.texts.system import why

PRIVATE, PUBLIC = 0o600, 0o644
PRIVATE_FOLDER = 0o700


def create(
    path: str | Path, data: bytes, mode: int = PRIVATE, *, within: int | None = None, moment: float | None = None
) -> None:
    """Makes the file, and flushes it to disk; `moment` is its modification time, else now.

    `within`: the path is relative to that open folder. FileExistsError if anything has that name.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | IN_NO_LINK | CLOSED_IN_CHILDREN | BYTES
    handle = os.open(path, flags, mode, dir_fd=within)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if moment is not None:
                os.utime(file.fileno(), (moment, moment))
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            os.unlink(path, dir_fd=within)
        raise


def replace(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Makes the file, or replaces an existing one, and flushes its name to disk too.

    A link itself is replaced, not its target.
    """
    beside = path.with_name(f".{token_hex(8)}.new")
    create(beside, data, mode)
    try:
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Flushes a file's data, or a folder's names, to disk; Windows does the latter by itself."""
    if os.name == "nt" and path.is_dir():
        return
    how = os.O_RDONLY if path.is_dir() else os.O_RDWR  # Windows flushes only writable files
    handle = os.open(path, how | CLOSED_IN_CHILDREN)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_named(path: Path, data: bytes) -> None:
    """Writes a file named by a person, entirely or not at all: a link stays a link, a pipe a pipe.

    StorageError if it cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise InputError(Message("{file} is a folder: name a file.", {"file": str(path)}))
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        replace(target, data)
    except OSError as error:
        text = Message("{file} cannot be written: {why}.", {"file": str(path), "why": why(error)})
        raise StorageError(text) from None


def read_regular(path: Path, most: int) -> bytes:
    """The file's bytes; if they are more than `most`, the first `most` + 1 of them.

    OSError if it cannot be read, or is no regular file.
    """
    with opened_regular(path) as file:
        return file.read(most + 1)
