"""A user's own spreadsheet as a scenario: its mapping is proposed once, reviewed, stored and used again."""

import os
from pathlib import Path

from arshjul.actions.folder.reading import Speak
from arshjul.errors import InputError, Message
from arshjul.formats.atomic import write_named
from arshjul.formats.catalogues import words
from arshjul.formats.own.mapping import map_text
from arshjul.formats.own.proposal import ColumnProposal, propose
from arshjul.formats.own.reading import OwnScenario, read_own, rest_scenario
from arshjul.formats.scenario.folder import shown
from arshjul.formats.workbook.reading import opened_book


def propose_mapping(source: Path, map_path: Path, rest: Path | None, speak: Speak) -> ColumnProposal:
    if rest is None:
        text = Message("Give --rest SCENARIO, with shifts, areas, agencies, units and rules.")
        raise InputError(text)
    scenario = rest_scenario(rest)
    speak(scenario.language)
    document = opened_book(source, shown(source))
    document.refuse(Message("{file} cannot be used.", {"file": shown(source)}))
    proposal = propose(document.sheets, scenario, os.path.relpath(rest, map_path.parent))
    write_named(
        map_path,
        map_text(
            proposal.map,
            proposal.why,
            proposal.guessed,
            (*proposal.missing, *proposal.teams),
            proposal.unsaid,
            words(scenario.language),
        ).encode(),
    )
    return proposal


def own_scenario(source: Path, map_path: Path, speak: Speak) -> OwnScenario:
    read = read_own(source, map_path)
    speak(read.scenario.language)
    return read
