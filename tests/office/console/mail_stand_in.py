"""A mail server on the loopback that does at each step what a test says, and keeps what it took."""

import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_string
from types import TracebackType

from arshjul.serving.mail_server import MailServer

LINK = re.compile(r"https://a\.example\.se/answers/([\w-]{40,})")
ENDS = b"\r\n.\r\n"

Step = Callable[[socket.socket], bytes | None]
"""What is answered at a step: bytes, b"" to hang up, None for what a mail server answers."""

USUAL = {
    "hello": b"220 here\r\n",
    "EHLO": b"250 here\r\n",
    "DATA": b"354 go on\r\n",
    "QUIT": b"221 bye\r\n",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that was handed over."""

    to: str
    id: str
    token: str
    raw: str = field(default="", repr=False)


@dataclass
class StandIn:
    """`steps`: by `hello`, the word of a command, or `text`, which a mail's text ends with."""

    steps: dict[str, Step] = field(default_factory=dict)
    mails: list[Taken] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    @property
    def server(self) -> MailServer:
        """What `post` is given of it."""
        return MailServer("127.0.0.1", self.port, "arshjul@example.se", "https://a.example.se")

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as said:
            try:
                self._each(line, said.readline)
            except OSError:  # whoever spoke to it was killed
                return

    def _each(self, line: socket.socket, read: Callable[[], bytes]) -> None:
        goes_on = self._answer(line, "hello")
        while goes_on and (command := read()):
            word = command[:4].decode("ascii", "replace").upper().strip()
            goes_on = self._answer(line, word) and word != "QUIT"
            if goes_on and word == "DATA":
                text = b""
                while not text.endswith(ENDS):
                    if not (piece := read()):
                        return
                    text += piece
                self._take(text.replace(b"\r\n..", b"\r\n.").decode())
                goes_on = self._answer(line, "text")

    def _answer(self, line: socket.socket, step: str) -> bool:
        made = self.steps[step](line) if step in self.steps else None
        answer = USUAL.get(step, b"250 ok\r\n") if made is None else made
        line.sendall(answer)
        return answer != b""

    def _take(self, text: str) -> None:
        mail = message_from_string(text)
        match = LINK.search(str(mail.get_payload(decode=True)))
        self.mails.append(Taken(str(mail["To"]), str(mail["Message-ID"]), match[1] if match else "", text))
