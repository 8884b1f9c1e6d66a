"""board dump: the board of a scenario as a file without names; and that on which engines disagreed, for a report."""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from arshjul.errors import Contradiction, EngineFault, Message
from arshjul.solver import Disagreement
from arshjul.solver.board import Board
from arshjul.year.folder.reading import Speak, opened_scenario
from arshjul.year.formats.board.writing import keep_board, write_board
from arshjul.year.planning.plan import bare, bare_board


def dump(scenario: Path, output: Path, speak: Speak) -> Board:
    board = bare_board(opened_scenario(scenario, speak))
    write_board(board, output)
    return board


def with_board_kept(fault: EngineFault) -> EngineFault:
    """The fault with the place of its stored board; unchanged if it has no board."""
    if not isinstance(fault, Disagreement):
        return fault
    file = keep_board(bare(fault.board), _folders())
    if file is None:
        text = Message(
            "{fault} The problem could not be saved: run again from a writable folder.", {"fault": fault.message}
        )
    else:
        text = Message(
            "{fault} Send {file}, the problem without names, with a report. Another --seed may avoid the fault.",
            {"fault": fault.message, "file": str(file)},
        )
    return Contradiction(text)


def _folders() -> Iterator[Path]:
    """The current folder, where people look first, then the one for temporary files."""
    with suppress(OSError):
        yield Path.cwd()
    with suppress(OSError):
        yield Path(tempfile.gettempdir())
