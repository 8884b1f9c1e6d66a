"""The solver stands alone: without a year, a database or a page beside it, it imports and solves."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import arshjul

SOURCE = Path(arshjul.__file__).parent
PARTS = ("__init__.py", "errors.py", "system", "solver")
PAGE = (Path(__file__).parents[2] / "docs" / "solver.md").read_text()


def test_a_copy_of_the_solver_s_wing_solves_the_manual_s_board(tmp_path: Path) -> None:
    inside = tmp_path / "arshjul"
    inside.mkdir()
    for name in PARTS:
        copy = shutil.copytree if (SOURCE / name).is_dir() else shutil.copy
        copy(SOURCE / name, inside / name)
    program, printed = re.findall(r"```(?:python|text)\n(.*?)```", PAGE, re.DOTALL)[:2]
    program += "import sys\nassert not [name for name in sys.modules if name.startswith('arshjul.year')]\n"
    program += f"assert sys.modules['arshjul'].__path__ == [{str(inside)!r}]\n"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-P", "-c", program], env=environment, check=False, capture_output=True, text=True
    )
    assert (answer.returncode, answer.stdout) == (0, printed), answer.stderr
