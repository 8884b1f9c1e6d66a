"""A line to a mail server that comes to an end: however slowly, or however much, the other side says."""

import io
import smtplib
import socket
import time
from typing import Any

WAIT_S = 30.0
"""So long each answer is waited for at most."""

LIMIT_S = 120.0
"""So long one message may take in all, from the first word to the last."""

MOST_SAID = 100_000
"""So many bytes a mail server says at most about one message."""

TAKEN = 250
"""The number by which a mail server says that it has taken a text; the sender knows no other."""


class SmtpLine(smtplib.SMTP):
    """A connection for one message. `has_begun`: its text was handed over, whether or not that was acknowledged."""

    def __init__(self, host: str, port: int) -> None:
        self.has_begun = False
        self._ends = time.monotonic() + LIMIT_S
        super().__init__(host, port, timeout=WAIT_S)

    def getreply(self) -> tuple[int, bytes]:
        """The next answer. SMTPServerDisconnected where it is not to be had within the limits."""
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Said(self.sock, self._ends))
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hands the text over. Any number of the twohundreds says that it was taken, and becomes the usual one."""
        self.has_begun = True
        code, said = super().data(msg)
        return (TAKEN if code // 100 == TAKEN // 100 else code), said


class _Said(io.RawIOBase):
    """The other side's words, up to a moment and a number of bytes."""

    def __init__(self, line: socket.socket, ends: float) -> None:
        super().__init__()
        self._line, self._ends, self._left = line, ends, MOST_SAID

    def readable(self) -> bool:
        """True: it is read alone."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Takes what is there. TimeoutError where there is nothing in time, or more than a mail server says."""
        wait_s = min(WAIT_S, self._ends - time.monotonic())
        if wait_s <= 0 or self._left <= 0:
            raise TimeoutError
        self._line.settimeout(wait_s)
        n = self._line.recv_into(buffer, min(len(buffer), self._left))
        self._left -= n
        self._line.settimeout(WAIT_S)
        return n
