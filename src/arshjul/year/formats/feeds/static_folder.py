"""The folder of an export: its contents by its own list; nothing else is written or removed.

Others may be able to write to the folder. So no link in it is ever followed, and nothing is removed except what the
previous export's list names.
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from arshjul.errors import InputError, Message
from arshjul.system.files import AT_ONCE, CLOSED_IN_CHILDREN, IN_NO_LINK
from arshjul.year.formats.atomic import PRIVATE, PUBLIC, create
from arshjul.year.formats.json_guard import json_bytes, json_data

LIST = "etags.json"
FEEDS = "feeds"
LONGEST_LIST = 16_000_000
FOLDER_MODE = 0o711
"""The folder's mode, whatever the umask.

A web server can open named files as another user; only the owner can list the names, which are secret, or put anything
there.
"""
_LISTED = 0o044
"""The rights by which others can list a folder."""

_PATH = re.compile(rf"{FEEDS}/([A-Za-z0-9_-]{{43}})/([A-Za-z0-9._-]+\.ics)")
_IN_NO_LINK = IN_NO_LINK | CLOSED_IN_CHILDREN


@dataclass(frozen=True, slots=True)
class Exported:
    """`path` is relative to the folder; `etag` is the SHA-256 of the file; `client` is whom it is for, usually none."""

    party: str
    level: str
    content: str
    path: str
    etag: str
    client: str = ""

    @property
    def mapping(self) -> dict[str, str]:
        """JSON data, with the ETag as in HTTP."""
        return {**asdict(self), "etag": f'"{self.etag}"'}


@dataclass(frozen=True, slots=True)
class StaticFolder:
    """An open folder. `name` is its name in messages."""

    name: str
    handle: int

    def listed(self) -> list[str]:
        """The paths of the previous export's feeds. InputError if the list is not arshjul's."""
        try:
            file = os.open(LIST, os.O_RDONLY | AT_ONCE | _IN_NO_LINK, dir_fd=self.handle)
        except FileNotFoundError:
            return []
        except OSError:
            raise self._not_ours(LIST) from None
        with os.fdopen(file, "rb") as opened:
            data = opened.read(LONGEST_LIST + 1)
        try:
            found = json_data(data, LIST) if len(data) <= LONGEST_LIST else None
        except InputError:
            found = None
        paths = (
            [row.get("path") if isinstance(row, dict) else None for row in found] if isinstance(found, list) else [None]
        )
        known = [path for path in paths if isinstance(path, str) and _PATH.fullmatch(path)]
        if known != paths:
            raise self._not_ours(LIST)
        return known

    def write_list(self, feeds: Iterable[Exported], leaving: Iterable[str]) -> None:
        listing = [feed.mapping for feed in feeds]
        _put(self.handle, LIST, json_bytes([*listing, *({"path": path} for path in leaving)]), None, PRIVATE)

    def write(self, path: str, data: bytes, gzipped: bytes, moment: float) -> None:
        """The moment is the modification time of both files, plain and gzipped."""
        with self._folder_of(path, make=True) as (folder, file):
            _put(folder, file, data, moment, PUBLIC)
            _put(folder, f"{file}.gz", gzipped, moment, PUBLIC)

    def remove(self, path: str) -> None:
        """Removes a feed, and its folder if it is then empty; one that is gone or under a link is ignored."""
        with contextlib.suppress(FileNotFoundError, InputError):
            with self._folder_of(path, make=False) as (folder, file):
                for name in (file, f"{file}.gz", _half(file), _half(f"{file}.gz")):
                    with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                        os.unlink(name, dir_fd=folder)
            with contextlib.suppress(OSError), self._inside(self.handle, FEEDS, make=False) as feeds:
                os.rmdir(path.split("/")[1], dir_fd=feeds)

    @contextmanager
    def _folder_of(self, path: str, *, make: bool) -> Iterator[tuple[int, str]]:
        _, secret, file = path.split("/")
        with self._inside(self.handle, FEEDS, make=make) as feeds, self._inside(feeds, secret, make=make) as folder:
            yield folder, file

    @contextmanager
    def _inside(self, parent: int, name: str, *, make: bool) -> Iterator[int]:
        if make:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, FOLDER_MODE, dir_fd=parent)
        try:
            handle = os.open(name, os.O_RDONLY | os.O_DIRECTORY | _IN_NO_LINK, dir_fd=parent)
        except FileNotFoundError:
            raise
        except OSError:
            raise self._not_ours(name) from None
        try:
            if make:
                _hide_names(handle)
            yield handle
        finally:
            os.close(handle)

    def _not_ours(self, name: str) -> InputError:
        values = {"name": name, "folder": self.name}
        return InputError(Message("{name} in {folder} is not from an export: move it, or name another folder.", values))


@contextmanager
def static_folder(path: Path) -> Iterator[StaticFolder]:
    """The folder, made if there is none. Its own path may contain links; paths within it may not."""
    path.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | CLOSED_IN_CHILDREN)
    try:
        yield StaticFolder(str(path), handle)
    finally:
        os.close(handle)


def _put(folder: int, name: str, data: bytes, moment: float | None, mode: int) -> None:
    half = _half(name)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(half, dir_fd=folder)  # left by an export that was interrupted
    create(half, data, mode, within=folder, moment=moment)
    os.replace(half, name, src_dir_fd=folder, dst_dir_fd=folder)


def _hide_names(folder: int) -> None:
    """Ends others' right to list a folder, which earlier exports gave; their other rights stay."""
    mode = os.fstat(folder).st_mode & 0o7777
    if mode & _LISTED:
        os.fchmod(folder, mode & ~_LISTED)


def _half(name: str) -> str:
    return f".{name}.half"
