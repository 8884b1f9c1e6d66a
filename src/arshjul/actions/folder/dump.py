"""dump: writes a scenario's problem as a board file."""

from pathlib import Path

from arshjul.actions.folder.reading import Speak, opened_scenario
from arshjul.board import Board
from arshjul.formats.board.writing import write_board
from arshjul.planning.first.bare_board import bare_board


def dump(scenario: Path, output: Path, speak: Speak) -> Board:
    """Writes the board of the first plan, without any name or place in it, and returns it."""
    board = bare_board(opened_scenario(scenario, speak))
    write_board(board, output)
    return board
