"""How a kind of value is read depends on no order of imports: each case is worked out in a process of its own."""

import subprocess
import sys

SCHEMAS = """
from pydantic import TypeAdapter
from arshjul.year.domain.calendar import Calendar, Dates
from arshjul.year.domain.declaration import Clock, Day
print([TypeAdapter(kind).json_schema() for kind in (Day, Clock, Dates, Calendar)])
"""


def _process(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_kind_is_not_read_by_its_type_before_its_readers_are_known() -> None:
    assert "arshjul.year.formats.words" in _process(SCHEMAS).stderr


def test_shapes_that_are_imported_before_change_no_reading() -> None:
    alone = _process("import arshjul.year.formats.words" + SCHEMAS)
    after = _process("import arshjul.year.formats.schema" + SCHEMAS)
    assert alone.stdout == after.stdout != ""
