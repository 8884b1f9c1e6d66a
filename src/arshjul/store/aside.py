"""A folder beside a file in which a copy is brought up to date. It may hold plain sites, and is its owner's alone.

It is removed afterwards. If its process was killed, the next one that looks there removes it.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from arshjul.errors import Message, Refused, StorageError
from arshjul.locks import HeldByAnother, held
from arshjul.texts.system import why

_END = ".aside"
_PRIVATE_FOLDER = 0o700


@contextmanager
def aside(near: Path) -> Iterator[Path]:
    """The folder beside a file. Refused if another process has it."""
    folder = near.with_name(f".{near.name}{_END}")
    with ExitStack() as stack:
        try:
            stack.enter_context(held(_lock_of(folder)))
            _remove(folder)
            folder.mkdir(mode=_PRIVATE_FOLDER)
        except HeldByAnother:
            raise Refused(Message("{file} is being put back by another process.", {"file": near.name})) from None
        except OSError as error:
            values = {"name": folder.name, "reason": why(error)}
            raise StorageError(Message("{name} cannot be made: {reason}.", values)) from None
        stack.callback(_remove, folder)
        yield folder


def sweep(parent: Path) -> int:
    """Removes folders left by killed processes; returns their number."""
    n = 0
    for folder in sorted(parent.glob(f".*{_END}")):
        with suppress(OSError), held(_lock_of(folder)):
            _remove(folder)
            n += 1
    return n


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _remove(folder: Path) -> None:
    """Removes the folder, but not through a link, which would lead to somebody else's."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
