"""A board stored for a report, without overwriting any file."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from arshjul.board import Board
from arshjul.formats.atomic import create
from arshjul.formats.board.writing import board_mapping
from arshjul.formats.json_guard import json_bytes
from arshjul.formats.regular_file import read_regular

MOST_NAMES = 9
"""The most files of the same name and other content before giving up."""


def keep_board(board: Board, folders: Iterable[Path]) -> Path | None:
    """The path of the stored board, in the first of the folders that accepts it; None: none does.

    The same board has the same name, and is not written twice.
    """
    data = json_bytes(board_mapping(board))
    name = f"arshjul-board-{sha256(data).hexdigest()[:12]}"
    for folder in folders:
        for number in range(1, MOST_NAMES + 1):
            path = folder / (f"{name}.json" if number == 1 else f"{name}-{number}.json")
            try:
                create(path, data)
            except FileExistsError:
                if _holds(path, data):
                    return path
                continue
            except OSError:
                break
            return path
    return None


def _holds(path: Path, data: bytes) -> bool:
    try:
        return read_regular(path, len(data)) == data
    except OSError:
        return False
