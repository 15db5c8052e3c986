"""What files say of each other: a practice that is started is there, and so is a sound that is played."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from voice.content import builtin_folder
from voice.errors import ContentError
from voice.guiding.practice import Practice, all_steps
from voice.guiding.script_faults import instead
from voice.understanding.intents import Intents, Template
from voice.understanding.phrases import taken_by
from voice.understanding.reserved import reserved
from voice.understanding.reserved import taken_controls as taken
from voice.understanding.understander import Understander
from voice.understanding.words import split


def lost_practices(templates: Iterable[Template], known: Collection[str]) -> list[ContentError]:
    """Sentences that start, or belong to, a practice which is none of the ``known`` ids, one fault for each line."""
    ids = {None, *known}
    lost = {(one.path, one.line): one.meaning.practice for one in templates if one.meaning.practice not in ids}
    return [
        ContentError(path, line, f"there is no practice '{name}'", instead(str(name), sorted(known)))
        for (path, line), name in lost.items()
    ]


def taken_phrases(files: Iterable[Path], understander: Understander) -> list[ContentError]:
    """Sentences of some files that can never start their practice: all that is said by them starts another."""
    named = {file.absolute(): file for file in files}
    own = [template for template in understander.intents.templates if template.path.absolute() in named]
    taken = [(template, by) for template in own if (by := taken_by(template, understander)) is not None]
    return [
        ContentError(
            named[template.path.absolute()], template.line, f'"{phrase}" starts {other}', "ask for it in other words"
        )
        for template, (phrase, other) in taken
    ]


def taken_controls(intents: Intents, only: Collection[Path] = ()) -> list[ContentError]:
    """Sentences that are not ours and say something else by a control ("stop"), a yes or a no.

    With ``only``, those of these files.
    """
    ours = builtin_folder("intents")
    wanted = {file.absolute() for file in only}
    own = [
        template
        for template in intents.templates
        if not template.path.is_relative_to(ours) and (not wanted or template.path.absolute() in wanted)
    ]
    return [
        ContentError(one.path, one.line, f"\"{phrase}\" is kept for '{name}'", "say it in other words")
        for one, phrase, name in (taken(own, intents, ours) if own else ())
    ]


def taken_names(scripts: Iterable[Path], intents: Intents) -> list[ContentError]:
    """Scripts that are not ours and are called as a control is, or "yes" or "no": said aloud, that steers."""
    ours = builtin_folder("scripts")
    own = [path for path in scripts if not (ours / path.name).is_file()]
    phrases = reserved(intents, builtin_folder("intents")) if own else {}
    return [
        ContentError(path, 1, f"'{path.stem}' is a word that steers", "give the file another name")
        for path in own
        if tuple(split(path.stem.replace("-", " "))) in phrases
    ]


def lost_sounds(practice: Practice, known: Collection[str]) -> list[ContentError]:
    """Steps of a practice that play a sound which is none of the ``known`` names."""
    tones = [(at, step.tone or step.play) for at, step in all_steps(practice.script.steps, ("steps",))]
    return [
        practice.document.error(at, f"there is no sound '{tone.sound}'", instead(tone.sound, sorted(known)))
        for at, tone in tones
        if tone is not None and tone.sound not in known
    ]


def lost_hand_overs(practice: Practice, known: Collection[str]) -> list[ContentError]:
    """Steps of a practice that start one which is none of the ``known`` ids, or itself, over and over."""
    started = [(at, step.start) for at, step in all_steps(practice.script.steps, ("steps",)) if step.start]
    lost = [
        practice.document.error(at, f"there is no practice '{name}'", instead(name, sorted(known)))
        for at, name in started
        if name not in known
    ]
    return lost + [
        practice.document.error(at, "the practice starts itself, and never ends", "start another one, or end here")
        for at, name in started
        if name == practice.id
    ]
