"""The keys of information sheets, one an operation, in a file beside no database and no backup.

A line is an operation and a key. Of several lines of one operation the last encrypts, and all of them decrypt: so a
line that was lost can be put back beside a new one. Without its line, nothing opens what an operation's parties have
written. A file that is lost is never replaced unasked: who has a copy of it puts that back.
"""

import base64
import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from arshjul.errors import InputError, Message, StorageError
from arshjul.system.files import BYTES, CLOSED_IN_CHILDREN, is_shared, opened_regular
from arshjul.year.texts.system import why

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, NONCE_BYTES = 32, 12
MOST_BYTES = 1_000_000
PADDED_TO = 1024
"""Texts are padded to a multiple of so many bytes, so that sizes tell little of what is in them."""

Place = tuple[str, str, str, int]
"""Operation, owner, section and version: a ciphertext opens in its own place alone."""


class KeyFileFault(InputError):
    """The file cannot be used: what is wrong is for whoever runs the portal, not for its visitors."""


@dataclass(frozen=True, slots=True)
class SheetKeys:
    file: Path

    @property
    def is_there(self) -> bool:
        """True if the file is there, and has something in it."""
        return self.file.exists() and self.file.stat().st_size > 0

    def opens(self, operation: str) -> bool:
        return bool(self._ciphers(operation))

    def encrypted(self, place: Place, plain: bytes, *, is_first: bool) -> bytes:
        """The ciphertext of a text, with its nonce; the operation's key is made if there is none, and `is_first`.

        `is_first`: nothing that was written before needs a key that is not there. StorageError where something does.
        To be called within a writing transaction of the portal's database, of which there is one at a time: so no two
        keys are made at once.
        """
        cipher = next(iter(self._ciphers(place[0], make=is_first)), None)
        if cipher is None:
            text = Message(
                "The key of {operation} is gone, and nothing was saved: call the portal's operator.",
                {"operation": place[0]},
            )
            raise StorageError(text)
        nonce = secrets.token_bytes(NONCE_BYTES)
        padded = plain.ljust(-(-len(plain) // PADDED_TO) * PADDED_TO)
        return nonce + cipher.encrypt(nonce, padded, _bound_to(place))

    def decrypted(self, place: Place, body: bytes) -> bytes | None:
        """The text; None if no key opens it there."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - only where there are sheets

        for cipher in self._ciphers(place[0]):
            try:
                return cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], _bound_to(place)).rstrip(b" ")
            except (InvalidTag, ValueError):
                continue
        return None

    def forget(self, operation: str) -> int:
        """Overwrites an operation's keys in the file, its other lines and mode untouched; how many they were."""
        n_keys = len(self._found(operation))
        if not n_keys:
            return 0
        try:
            with self.file.open("r+b") as opened:
                own = [place for place in _places(opened.read()) if place[1].split(b" ")[0] == operation.encode()]
                for at, line in own:
                    opened.seek(at)
                    opened.write(b" " * len(line))
                    opened.flush()
                    os.fsync(opened.fileno())
        except OSError as error:
            raise self._failed(error) from None
        return n_keys

    def _ciphers(self, operation: str, *, make: bool = False) -> "list[AESGCM]":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - only where there are sheets

        return [AESGCM(key) for key in reversed(self._found(operation, make=make))]

    def _found(self, operation: str, *, make: bool = False) -> list[bytes]:
        try:
            keys = self._keys(operation)
            return [self._add(operation)] if make and not keys else keys
        except OSError as error:
            raise self._failed(error) from None

    def _failed(self, error: OSError) -> KeyFileFault:
        return KeyFileFault(Message("{path}: {why}.", {"path": str(self.file), "why": why(error)}))

    def _keys(self, operation: str) -> list[bytes]:
        try:
            keys = [base64.b64decode(key, validate=True) for name, key in self._lines() if name == operation]
        except ValueError:
            keys = [b""]
        if not all(len(key) == KEY_BYTES for key in keys):
            raise self._unfit()
        return keys

    def _lines(self) -> list[tuple[str, str]]:
        if not self.file.exists():
            return []
        with opened_regular(self.file) as opened:
            is_open, data = is_shared(os.fstat(opened.fileno()).st_mode), opened.read(MOST_BYTES + 1)
        if is_open:
            text = Message("{file} is open to others: run chmod 600.", {"file": str(self.file)})
            raise KeyFileFault(text)
        if len(data) > MOST_BYTES:
            raise KeyFileFault(Message("{file} is too large: remove empty lines.", {"file": str(self.file)}))
        try:
            return [(name, key) for name, key in map(_words, data.decode("ascii").splitlines()) if name]
        except ValueError:
            raise self._unfit() from None

    def _unfit(self) -> KeyFileFault:
        text = Message("A line of {file} is no sheet key: correct it.", {"file": str(self.file)})
        return KeyFileFault(text)

    def _add(self, operation: str) -> bytes:
        """Adds a key, and flushes it to disk before anything is encrypted with it. OSError if it is not there whole."""
        made = secrets.token_bytes(KEY_BYTES)
        line = f"{operation} {base64.b64encode(made).decode()}\n".encode()
        with ExitStack() as closing:
            handle = os.open(self.file, os.O_CREAT | os.O_APPEND | os.O_RDWR | CLOSED_IN_CHILDREN | BYTES, 0o600)
            closing.callback(os.close, handle)
            size = os.lseek(handle, 0, os.SEEK_END)
            if size and os.lseek(handle, size - 1, os.SEEK_SET) >= 0 and os.read(handle, 1) != b"\n":
                line = b"\n" + line
            if os.write(handle, line) < len(line):
                os.ftruncate(handle, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.file))
            os.fsync(handle)
        if not size and os.name != "nt":
            folder = os.open(self.file.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        return made


def _words(line: str) -> tuple[str, str]:
    """The operation and the key of a line; empty for one that was overwritten. ValueError if it is something else."""
    name, key = line.split(" ") if line.strip() else ("", "")
    return name, key


def _places(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines, each with the place where it begins."""
    at = 0
    for line in data.split(b"\n"):
        yield at, line
        at += len(line) + 1


def _bound_to(place: Place) -> bytes:
    return "\0".join(map(str, place)).encode()
