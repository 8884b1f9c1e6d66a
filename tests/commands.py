"""Commands in the process of the tests, for those that go on with what it has open."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from typer.testing import CliRunner, Result

from arshjul.cli.app import command_line


def ran(words: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Result:
    """How the command ended; only its own parameters are read, as `arshjul` does it."""
    return CliRunner().invoke(command_line([str(words[0])]), [str(word) for word in words], env=env)
