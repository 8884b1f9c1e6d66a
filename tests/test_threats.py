"""docs/threats.md: each line names a test that is there."""

import re
from pathlib import Path

PAGE = Path("docs/threats.md").read_text()
NAMED = sorted({*re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)})


def test_every_test_that_the_page_names_is_there() -> None:
    assert len(NAMED) > 100
    missing = [
        (file, name)
        for file, name in NAMED
        if not Path(file).is_file() or (name and not re.search(rf"^def {name}\(", Path(file).read_text(), re.M))
    ]
    assert missing == []


def test_every_line_names_one() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| held |"))]
    assert [line for line in lines if "`tests/" not in line and not line.startswith("| attack |")] == []
