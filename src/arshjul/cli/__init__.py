"""The command line: parse, call one action, print. What is slow to import is imported in a command.

Data goes to standard output, talk and progress to standard error.
"""

from arshjul.cli.app import main, run

__all__ = ["main", "run"]
