"""Writing a folder so that it holds the old contents or the new: never a mix, never nothing.

The new folder is written beside the old one and flushed to disk, then they are exchanged in one step if the system can
(Linux, `renameat2`), otherwise in two renames; a crash between the two leaves the old one complete under its waiting
name, where the next reader finds it and the next writer restores it.
"""

import contextlib
import ctypes
import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from glob import escape
from pathlib import Path

from arshjul.errors import Message, StorageError
from arshjul.formats.atomic import PRIVATE_FOLDER, create, sync
from arshjul.locks import HeldByAnother, held
from arshjul.texts.system import why

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
            _put_in_place(new, target)
            with contextlib.suppress(OSError):  # the new one is there, so the error does not matter
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


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """An empty folder beside the target, locked while it is written; afterwards whatever has its name is removed."""
    new = target.with_name(f".{target.name}{_NEW}{secrets.token_hex(8)}")
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
    found = target.parent.glob(f".{escape(target.name)}{_NEW}*")
    for left in {path.with_name(path.name.removesuffix(_LOCK)) for path in found}:
        if left.is_symlink() or (left.exists() and not left.is_dir()):
            continue  # not a folder, so not left by a writer
        with contextlib.ExitStack() as stack:
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
    """Copies an entry of the old folder to the new one, by links if possible."""
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
