"""Writing a file or a folder entirely or not at all, private to its owner unless a mode is given; and reading a file.

No existing name is ever written through: new content goes into a new file, which replaces the old one in one step, so
that neither a link nor a file planted in its place is followed.

A new folder is written beside the old one and flushed to disk, then they are exchanged in one step if the system can
(Linux, `renameat2`), otherwise in two renames; a crash between the two leaves the old one complete under its waiting
name, where the next reader finds it and the next writer restores it.
"""

import ctypes
import errno
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from glob import escape
from pathlib import Path
from secrets import token_hex

from arshjul.errors import InputError, Message, StorageError
from arshjul.system.files import BYTES, CLOSED_IN_CHILDREN, IN_NO_LINK, HeldByAnother, held, opened_regular
from arshjul.year.texts.system import why

PRIVATE, PUBLIC = 0o600, 0o644
PRIVATE_FOLDER = 0o700

HAS_PLACED = threading.Event()
"""Set before a file or folder takes its name: from then on nobody can say that nothing was written."""


def create(
    path: str | Path, data: bytes, mode: int = PRIVATE, *, within: int | None = None, moment: float | None = None
) -> None:
    """`moment` is that of modification, else now; `within` is an open folder. FileExistsError if the name is taken."""
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
    """Makes or replaces the file, and flushes its name to disk too; a link itself is replaced, not its target."""
    beside = path.with_name(f".{token_hex(8)}.new")
    create(beside, data, mode)
    try:
        HAS_PLACED.set()
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
    """Writes a file named by a person: a link stays a link, a pipe a pipe. StorageError if it cannot be written."""
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise InputError(Message("{file} is a folder: name a file.", {"file": str(path)}))
        if target.exists() and not target.is_file():
            HAS_PLACED.set()
            target.write_bytes(data)
            return
        replace(target, data)
    except OSError as error:
        text = Message("{file} cannot be written: {why}.", {"file": str(path), "why": why(error)})
        raise StorageError(text) from None


def read_regular(path: Path, most: int) -> bytes:
    """The first `most` + 1 bytes at the most. OSError if it cannot be read, or is no regular file."""
    with opened_regular(path) as file:
        return file.read(most + 1)


_AT_FDCWD = -100  # linux/fcntl.h
_RENAME_EXCHANGE = 2  # linux/fs.h

_NEW, _LOCK = ".arshjul-new-", ".lock"


def write_whole(folder: Path, files: Mapping[str, bytes], kept: Iterable[str] = ()) -> None:
    """Makes the folder hold these files, by relative name, and of its old contents only the `kept` entries.

    The folder and the files are for their owner alone, whatever rights the old ones had.

    StorageError if the disk fails; the old contents are then intact.
    """
    target = Path(os.path.realpath(folder))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear(target)
        with _beside(target) as new:
            for name, data in files.items():
                _write(new / name, data)
            for name in kept:
                _carry(target / name, new / name)
            for directory in [new, *(path for path in new.rglob("*") if path.is_dir())]:
                sync(directory)
            HAS_PLACED.set()
            _put_in_place(new, target)
            with suppress(OSError):  # the new one is there, so the error does not matter
                sync(target.parent)
    except OSError as error:
        raise StorageError(_told(folder, error)) from None


def whole(folder: Path) -> Path:
    """The path of the folder's files: under its own name or, after a crash, under its waiting one."""
    target = Path(os.path.realpath(folder))
    waiting = _waiting(target)
    return waiting if not os.path.lexists(target) and os.path.isdir(waiting) else folder  # noqa: PTH112


def _waiting(target: Path) -> Path:
    return target.with_name(f".{target.name}.arshjul-old")


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """An empty folder beside the target, locked while it is written; afterwards whatever has its name is removed."""
    new = target.with_name(f".{target.name}{_NEW}{token_hex(8)}")
    with held(_lock_of(new)):
        new.mkdir(mode=PRIVATE_FOLDER)
        try:
            yield new
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _lock_of(new: Path) -> Path:
    return new.with_name(f"{new.name}{_LOCK}")


def _clear(target: Path) -> None:
    """Restores or removes what killed writers left behind."""
    waiting = _waiting(target)
    if waiting.is_dir():
        if target.exists():
            shutil.rmtree(waiting)
        else:
            waiting.rename(target)
    paths = target.parent.glob(f".{escape(target.name)}{_NEW}*")
    for left in {path.with_name(path.name.removesuffix(_LOCK)) for path in paths}:
        if left.is_symlink() or (left.exists() and not left.is_dir()):
            continue  # not a folder, so not left by a writer
        with ExitStack() as stack:
            try:
                stack.enter_context(held(_lock_of(left)))
            except (HeldByAnother, OSError):
                continue  # its writer lives, or that name is no lock
            if left.exists():
                shutil.rmtree(left)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    create(path, data)


def _carry(old: Path, new: Path) -> None:
    if old.is_dir() and not old.is_symlink():
        shutil.copytree(old, new, symlinks=True, copy_function=_link)
    else:
        _link(old, new)


def _link(old: str | Path, new: str | Path) -> None:
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:  # a file system without hard links
        shutil.copy2(old, new, follow_symlinks=False)


def _put_in_place(new: Path, target: Path) -> None:
    if not target.exists():
        new.rename(target)
    elif not _exchanged(new, target):
        waiting = _waiting(target)
        target.rename(waiting)
        try:
            new.rename(target)
        except OSError:
            waiting.rename(target)
            raise
        shutil.rmtree(waiting, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """False if this system or file system cannot."""
    if os.name == "nt":
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    reason = ctypes.get_errno()
    if reason in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
        return False
    raise OSError(reason, os.strerror(reason))


def _told(folder: Path, error: OSError) -> Message:
    values = {"folder": str(folder).encode("utf-8", "replace").decode(), "reason": why(error)}
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Message("The disk is full, {folder} was not written: make room and try again.", values)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Message("{folder} may not be written: choose another folder.", values)
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return Message("{folder} cannot be a folder, a file is in the way: choose another.", values)
    if error.errno == errno.ENAMETOOLONG:
        return Message("The name {folder} is too long: choose another.", values)
    return Message("{folder} was not written ({reason}): the old folder is intact.", values)
