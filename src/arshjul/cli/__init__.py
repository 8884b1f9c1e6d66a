"""The command line: parse, call one action, print. Modules that are slow to import are imported in commands.

Data goes to standard output, messages and progress to standard error.
"""

from arshjul.cli.app import main, run

__all__ = ["main", "run"]
