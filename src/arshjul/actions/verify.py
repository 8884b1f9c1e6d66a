"""verify: judges a plan folder by the rules' own checks."""

from pathlib import Path

from arshjul.actions.reading import Speak, opened
from arshjul.planning.judge import judge
from arshjul.planning.verify import Verdict


def verify(folder: Path, speak: Speak) -> Verdict:
    """What is wrong with the folder's plan."""
    read = opened(folder, speak)
    return judge(read.scenario, read.plan, read.status)
