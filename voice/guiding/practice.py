"""Load scripts: find the files, put the settings in, validate, and say what is wrong at which line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from voice.content import Document, Location, read_yaml
from voice.errors import ContentError, ContentErrors
from voice.guiding.rounds import endless
from voice.guiding.script_faults import causes, explain, instead, without
from voice.guiding.steps import Ask, Choose, Script, Step

LEAVE = "ask something on the way and let its silence lead on, or write: goto: end"
"""What to do about a script that goes round."""
RESERVED = ("next", "end", "repeat")
"""Where an answer can always lead."""
FACTS = ("alone", "first", "flooded", "fresh", "talk", "room", "kept", "manner", "numbers")
"""What a script can ask for beside its settings: one person only; the first practice since the start; upset until
lately; this practice not gone through since the start; a talk may be offered; the room's level against the first
measure; how the last wish to keep something went; how something due is to be brought up;
whether they want to be asked for numbers."""


@dataclass(frozen=True, slots=True)
class Practice:
    """One script, ready to be walked through."""

    id: str
    """The file's stem."""
    script: Script
    """The validated steps, settings filled in."""
    settings: Mapping[str, Any]
    """The values of its settings as they are used."""
    document: Document
    """The file it was read from."""

    def with_settings(self, overrides: Mapping[str, Any]) -> Practice:
        """The same practice with other settings, for example from ``--set`` or a spoken number.

        Raises ``ContentErrors`` for a setting that it does not have or a value that it refuses.
        """
        return build(self.document, {**self.settings, **overrides}) if overrides else self


def load_practices(folders: Sequence[Path]) -> dict[str, Practice]:
    """Every practice of the given folders by id; a later folder replaces a practice whole.

    Raises ``ContentErrors`` with every fault found in any of the files.
    """
    read, errors = read_practices(folders)
    if errors:
        raise ContentErrors(errors)
    return {practice.id: practice for practice in read.values()}


def read_practices(folders: Sequence[Path]) -> tuple[dict[Path, Practice], list[ContentError]]:
    """The practice of each file in the given folders, and every fault of those that hold none."""
    found: dict[Path, Practice] = {}
    errors: list[ContentError] = []
    for folder in folders:
        errors += same_ids(folder)
        for path in script_files(folder):
            try:
                found[path] = load_practice(path)
            except ContentErrors as fault:
                errors += fault.errors
    return found, errors


def script_files(folder: Path) -> list[Path]:
    """The YAML files directly in a folder, by name."""
    return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file())


def same_ids(folder: Path) -> list[ContentError]:
    """Two files whose stems are the same id."""
    seen: dict[str, Path] = {}
    errors = []
    for path in script_files(folder):
        key = path.stem.casefold()
        if key in seen:
            what = f"the id '{path.stem}' is already taken by {seen[key].name} in this folder"
            errors.append(ContentError(path, 1, what, "rename one of the two files"))
        seen.setdefault(key, path)
    return errors


def load_practice(path: Path) -> Practice:
    """Read one script; raises ``ContentErrors``."""
    return build(read_yaml(path), {})


def build(document: Document, settings: Mapping[str, Any]) -> Practice:
    """Put the settings in and validate; raises ``ContentErrors`` with the line of each fault."""
    practice, errors = build_what_is_right(document, settings)
    if errors or practice is None:
        raise ContentErrors(errors)
    return practice


def build_what_is_right(document: Document, settings: Mapping[str, Any]) -> tuple[Practice | None, list[ContentError]]:
    """Every fault by its line, and the practice without the steps that are wrong, to look for more; never to be played.

    ``None`` where nothing of it can be read.
    """
    if not isinstance(document.data, dict):
        return None, [document.error((), "a script is a mapping of keys", "start with title:, about:, source:, steps:")]
    own = document.data.get("settings") or {}
    known = own if isinstance(own, dict) else {}
    values = {**known, **settings}
    errors = [
        document.error(("settings",), f"there is no setting '{name}' here", instead(name, known))
        for name in settings
        if name not in known
    ]
    filled, missing = _fill(document, document.data, values)
    script, wrong = _validated(document, filled)
    told = {error.line for error in missing}
    errors += [*missing, *(error for error in wrong if error.line not in told)]
    if script:
        errors += _loose_ends(document, script)
    practice = Practice(document.path.stem, script, values, document) if script else None
    return practice, sorted(errors, key=lambda error: error.line)


def _validated(document: Document, filled: Any) -> tuple[Script | None, list[ContentError]]:
    try:
        return Script.model_validate(filled), []
    except ValidationError as fault:
        details = causes(fault.errors())
    errors = [explain(document, detail) for detail in details]
    try:
        return Script.model_validate(without(filled, [detail["loc"] for detail in details])), errors
    except ValidationError:
        return None, errors


def _fill(
    document: Document, node: Any, values: Mapping[str, Any], at: Location = ()
) -> tuple[Any, list[ContentError]]:
    """Replace every ``$name`` by its value; unknown names become errors."""
    if isinstance(node, str) and node.startswith("$"):
        name = node[1:]
        if name in values:
            return values[name], []
        return None, [document.error(at, f"there is no setting '{node}'", instead(name, values, "$"))]
    if isinstance(node, dict):
        pairs = {
            key: _fill(document, value, values, (*at, key)) for key, value in node.items() if at or key != "settings"
        }
        kept = {} if at or "settings" not in node else {"settings": node["settings"]}
        return kept | {key: value for key, (value, _) in pairs.items()}, [
            e for _, errors in pairs.values() for e in errors
        ]
    if isinstance(node, list):
        items = [_fill(document, value, values, (*at, index)) for index, value in enumerate(node)]
        return [value for value, _ in items], [e for _, errors in items for e in errors]
    return node, []


def _loose_ends(document: Document, script: Script) -> list[ContentError]:
    """Every ``goto`` must lead somewhere and not round for ever, every ``choose`` must ask for something known."""
    steps = list(all_steps(script.steps, ("steps",)))
    labels = {step.label for step in script.steps if step.label} | set(RESERVED)
    facts = (*script.settings, *FACTS)
    errors = [
        document.error(at, f"'{step.goto}' is no label of this script", instead(step.goto, labels))
        for at, step in steps
        if step.goto and step.goto not in labels
    ]
    errors += [
        document.error(
            (*at, "choose", "by"),
            f"'{step.choose.by}' is neither a setting nor a fact",
            instead(step.choose.by, facts),
        )
        for at, step in steps
        if step.choose and step.choose.by not in facts
    ]
    errors += [
        document.error(
            at, f"the label '{step.label}' stands inside another step", "move it to the first level of steps:"
        )
        for at, step in steps
        if step.label and len(at) > 2
    ]
    errors += [
        document.error((*at, "ask", "expect", "stop"), "'stop' leads on, and must end", "write  stop: end")
        for at, step in steps
        if step.ask and "stop" in step.ask.expect and [inner.goto for inner in step.ask.expect["stop"]] != ["end"]
    ]
    rounds = endless(script)
    errors += [
        document.error(at, f"'{step.goto}' leads round without end where nobody answers", LEAVE)
        for at, step in steps
        if step.goto in rounds and rounds[step.goto] <= int(at[1])  # the way back is what is wrong
    ]
    return errors


def all_steps(steps: Sequence[Step], at: Location) -> Iterable[tuple[Location, Step]]:
    """Every step with the place where it stands, those inside others as well."""
    for index, step in enumerate(steps):
        here = (*at, index)
        yield here, step
        if step.each:
            yield from all_steps(step.each, (*here, "each"))
        for name, inner in _branches(step):
            yield from all_steps(inner, (*here, *name))


def _branches(step: Step) -> Iterable[tuple[Location, tuple[Step, ...]]]:
    if isinstance(step.ask, Ask):
        yield from ((("ask", "expect", answer), action) for answer, action in step.ask.expect.items())
        yield ("ask", "silence"), step.ask.silence
    if isinstance(step.choose, Choose):
        yield from ((("choose", "cases", case), action) for case, action in step.choose.cases.items())
        yield ("choose", "otherwise"), step.choose.otherwise
