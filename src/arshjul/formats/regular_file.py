"""Reading a file that comes from anywhere: an ordinary one, and no more of it than is wanted.

A pipe is never waited for, and a device that has no end never read.
"""

from pathlib import Path

from arshjul.files import opened_regular


def read_regular(path: Path, most: int) -> bytes:
    """The file's bytes; where they are more than `most`, the first of them and one more.

    OSError where it cannot be read, or is no ordinary file.
    """
    with opened_regular(path) as file:
        return file.read(most + 1)
