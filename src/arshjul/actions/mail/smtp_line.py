"""A connection to a mail server that always ends, however slowly, or however much, the other side talks."""

import io
import smtplib
import socket
import time
from typing import Any

WAIT_S = 30.0
"""The most seconds to wait for each answer."""

LIMIT_S = 120.0
"""The most seconds for one message, from beginning to end."""

MOST_SAID = 100_000
"""The most bytes from a mail server about one message."""

TAKEN = 250
"""The code with which a mail server accepts a text; `smtplib` knows no other."""


class SmtpLine(smtplib.SMTP):
    """A connection for one message. `has_begun`: its text was sent, acknowledged or not."""

    def __init__(self, host: str, port: int, limit_s: float) -> None:
        self.has_begun = False
        self._ends = time.monotonic() + limit_s
        super().__init__(host, port, timeout=min(WAIT_S, limit_s))

    def getreply(self) -> tuple[int, bytes]:
        """The next answer. SMTPServerDisconnected if it does not come within the limits."""
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Said(self.sock, self._ends))
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Sends the text. Any 2xx code means that it was accepted, and is returned as the usual one."""
        self.has_begun = True
        code, said = super().data(msg)
        return (TAKEN if code // 100 == TAKEN // 100 else code), said


class _Said(io.RawIOBase):
    """The other side's data, up to a moment and a number of bytes."""

    def __init__(self, line: socket.socket, ends: float) -> None:
        super().__init__()
        self._line, self._ends, self._left = line, ends, MOST_SAID

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads what is there. TimeoutError if nothing comes in time, or the limit is exceeded."""
        wait_s = min(WAIT_S, self._ends - time.monotonic())
        if wait_s <= 0 or self._left <= 0:
            raise TimeoutError
        self._line.settimeout(wait_s)
        n = self._line.recv_into(buffer, min(len(buffer), self._left))
        self._left -= n
        self._line.settimeout(WAIT_S)
        return n
