"""Everything that is read from YAML, ours and theirs. A file of theirs that is wrong is left out and told, so that it
takes nothing else away; one of ours ends the start.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path

from voice.content import builtin_folder
from voice.errors import ContentError, ContentErrors
from voice.guiding.practice import Practice, read_practices
from voice.guiding.responses import Responses, load_responses
from voice.references import lost_hand_overs, lost_practices, lost_sounds, taken_controls, taken_names
from voice.understanding.intents import Intents, load_intents, sentence_files

LOGGER = logging.getLogger(__name__)
Faults = list[ContentError]


def gather_practices(
    folders: Sequence[Path], sounds: Collection[str], intents: Intents
) -> tuple[dict[str, Practice], Faults]:
    """Every practice that is right, by id, and what is wrong in the files left out; raises ``ContentErrors`` for ours.

    Where theirs was to replace one of ours, ours stays. ``sounds`` are the names of what can be played.
    """
    read, faults = read_practices(folders)
    while True:
        right = [practice for path, practice in read.items() if path not in {fault.path for fault in faults}]
        found = {practice.id: practice for practice in right}
        lost = [fault for one in right for fault in (*lost_sounds(one, sounds), *lost_hand_overs(one, found))]
        lost += taken_names([one.document.path for one in right], intents)
        faults += lost
        if any(_is_ours(fault.path) for fault in faults):
            raise ContentErrors(faults)
        if not lost:
            return found, faults


def gather_intents(folders: Sequence[Path], scripts: Collection[str]) -> tuple[Intents, Faults]:
    """Every sentence of the files that are right, and what is wrong in the others; raises ``ContentErrors`` for ours.

    ``scripts`` are the ids that there are, those of scripts that are wrong too: who asks for one is to be told.
    """
    files, faults = sentence_files(folders), Faults()
    while True:
        try:
            intents = load_intents(files)
            wrong = [*lost_practices(intents.templates, scripts), *taken_controls(intents)]
        except ContentErrors as fault:
            wrong = fault.errors
        if not wrong:
            return intents, faults
        faults += wrong
        files = _without(files, {fault.path for fault in wrong}, faults)


def gather_responses(folders: Sequence[Path]) -> tuple[Responses, Faults]:
    """Every sentence said beside a practice, and what is wrong in the folders left out; raises ``ContentErrors``."""
    folders, faults = list(folders), Faults()
    while True:
        try:
            return load_responses(folders), faults
        except ContentErrors as fault:
            faults += fault.errors
            folders = _without(folders, {one.path.parent for one in fault.errors}, faults)


def _without(places: list[Path], wrong: Collection[Path], faults: Faults) -> list[Path]:
    rest = [place for place in places if place not in wrong]
    if len(rest) == len(places) or any(_is_ours(place) for place in wrong):
        raise ContentErrors(faults)
    return rest


def _is_ours(path: Path) -> bool:
    return any(path.is_relative_to(builtin_folder(kind)) for kind in ("scripts", "intents"))


def tell(faults: Iterable[ContentError]) -> None:
    """Say in the log what was left out, each once, however often it is read."""
    for fault in faults:
        _tell(str(fault))


@cache
def _tell(fault: str) -> None:
    LOGGER.error("left out, as it is not right: %s", fault)
