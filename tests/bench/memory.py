"""How much memory a process and all that it started hold together, seen from outside, on Linux."""

from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


class Peak:
    """The most that a process and its descendants held at any look.

    Resident pages: what two processes share counts twice. A spike of one process between two looks
    is seen, since the kernel keeps each one's own peak.
    """

    def __init__(self, process: int) -> None:
        self.process = process
        self.kilobytes = 0

    @property
    def megabytes(self) -> int:
        """Of a million bytes."""
        return self.kilobytes * 1024 // 1_000_000

    def look(self) -> None:
        """Looks now."""
        family = [_status(process) for process in _family(self.process)]
        held = sum(status.get("VmRSS", 0) for status in family)
        alone = max((status.get("VmHWM", 0) for status in family), default=0)
        self.kilobytes = max(self.kilobytes, held, alone)


def _family(process: int) -> Iterator[int]:
    yield process
    for children in (PROC / str(process) / "task").glob("*/children"):
        for child in _text(children).split():
            yield from _family(int(child))


def _status(process: int) -> dict[str, int]:
    """The kilobytes that its status names."""
    lines = (line.split() for line in _text(PROC / str(process) / "status").splitlines())
    return {line[0].rstrip(":"): int(line[1]) for line in lines if line[-1:] == ["kB"]}


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it ended meanwhile
        return ""
