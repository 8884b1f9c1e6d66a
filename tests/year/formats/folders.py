"""Scenario folders for tests: the right one, and wrong ones made of it by changing a line."""

import shutil
from collections.abc import Mapping
from pathlib import Path

RIGHT = Path(__file__).parent / "right"
SECRETS = ("Krogen", "Kajutan", "Sjömansgatan", "2027-0012")


def changed(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the right scenario in `folder`, with one text put for another."""
    shutil.copytree(RIGHT, folder, dirs_exist_ok=True)
    text = (folder / file).read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    (folder / file).write_text(text.replace(old, new))
    return folder


def with_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A copy of the right scenario with files added or put in the place of its own."""
    shutil.copytree(RIGHT, folder, dirs_exist_ok=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
