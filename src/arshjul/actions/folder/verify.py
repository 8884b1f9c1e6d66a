"""verify: judges a plan folder by the rules' own checks."""

from pathlib import Path

from arshjul.actions.folder.reading import Speak, opened
from arshjul.errors import Message
from arshjul.formats.plan.plan_json import UnsoundPlan
from arshjul.planning.verify.verify import Verdict, judge
from arshjul.rules.rule import Breach


def verify(folder: Path, speak: Speak) -> Verdict:
    """Everything that is wrong with the folder's plan; if its form is wrong, only that, as no rule can judge it."""
    try:
        read = opened(folder, speak)
    except UnsoundPlan as unsound:
        return Verdict(tuple(_breaches(unsound)))
    return judge(read.scenario, read.plan, read.status)


def _breaches(unsound: UnsoundPlan) -> list[Breach]:
    return [
        Breach(rule, (), Message("{place}: {text}", {"place": f"{one.file} {one.path}", "text": one.text}))
        for rule, one in unsound.breaches()
    ]
