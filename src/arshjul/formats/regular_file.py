"""Reading a file from anywhere: only a regular one, and no more of it than wanted.

A pipe is never waited for, and an endless device never read.
"""

from pathlib import Path

from arshjul.files import opened_regular


def read_regular(path: Path, most: int) -> bytes:
    """The file's bytes; if they are more than `most`, the first `most` + 1 of them.

    OSError if it cannot be read, or is no regular file.
    """
    with opened_regular(path) as file:
        return file.read(most + 1)
