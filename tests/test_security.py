"""docs/security.md: each line names a test that is there."""

import re
from pathlib import Path

PAGE = Path("docs/security.md").read_text()
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
    promises, not_held = PAGE.split("## Not held")
    assert [line for line in promises.splitlines() if line.startswith("- ") and "`tests/" not in line] == []
    assert "`tests/" not in not_held
