"""Load scripts: find the files, put the settings in, validate, and say what is wrong at which line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from voice.content import Document, Location, read_yaml
from voice.errors import ContentError, ContentErrors
from voice.guiding.steps import Ask, Choose, Script, Step

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
    found: dict[str, Practice] = {}
    errors: list[ContentError] = []
    for folder in folders:
        errors += same_ids(folder)
        for path in script_files(folder):
            try:
                found[path.stem] = load_practice(path)
            except ContentErrors as fault:
                errors += fault.errors
    if errors:
        raise ContentErrors(errors)
    return found


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
    if not isinstance(document.data, dict):
        raise ContentErrors(
            [document.error((), "a script is a mapping of keys", "start with title:, about:, source:, steps:")]
        )
    own = document.data.get("settings") or {}
    known = own if isinstance(own, dict) else {}
    values = {**known, **settings}
    errors = [
        document.error(("settings",), f"there is no setting '{name}' here", instead(name, known))
        for name in settings
        if name not in known
    ]
    filled, missing = _fill(document, document.data, values)
    errors += missing
    if not errors:
        try:
            script = Script.model_validate(filled)
        except ValidationError as fault:
            errors += [_explain(document, detail) for detail in _causes(fault.errors())]
        else:
            errors += _loose_ends(document, script)
    if errors:
        raise ContentErrors(sorted(errors, key=lambda error: error.line))
    return Practice(document.path.stem, script, values, document)


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


def instead(name: str, known: Iterable[str], prefix: str = "") -> str:
    """What to write instead of a name that is not known."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    if near:
        return f"write {prefix}{near[0]}"
    listed = ", ".join(prefix + item for item in known)
    return f"write one of: {listed}" if listed else "add it under settings: first"


def _causes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Leave out "too short" where it only follows from a fault inside."""

    def follows(detail: ErrorDetails) -> bool:
        at = detail["loc"]
        return detail["type"] == "too_short" and any(d["loc"][: len(at)] == at and d is not detail for d in details)

    return [detail for detail in details if not follows(detail)]


def _explain(document: Document, detail: ErrorDetails) -> ContentError:
    """Turn one of pydantic's findings into a sentence for an author."""
    location = tuple(part for part in detail["loc"])
    kind, value = detail["type"], detail.get("input")
    key = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        return document.error(location, f"'{key}' is not a key here", instead(key, _keys_at(location[:-1])))
    if kind == "missing":
        return document.error(location, f"'{key}' is missing", f"add a line '{key}: …'")
    if kind == "value_error":
        what, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
        return document.error(location, what, remedy)
    message = detail["msg"].replace("Input should be", "should be").replace(", unable to parse string as a number", "")
    shown = f" (it is {value!r})" if isinstance(value, str | int | float | bool) else ""
    return document.error(location, f"'{key}' {message[0].lower() + message[1:]}{shown}", _example(kind, key))


def _example(kind: str, key: str) -> str:
    """A line an author can copy, by the kind of fault."""
    if kind.startswith(("float", "int")):
        return f"write a number, for example '{key}: 2'"
    if kind.startswith(("string_type", "string_pattern")):
        return (
            f"write plain text, for example '{key}: some-words'"
            if "pattern" in kind
            else f"write text, for example '{key}: \"Hello.\"'"
        )
    if kind.startswith(("tuple", "list")):
        return "write a list, each item on its own line after '- '"
    if kind.startswith(("dict", "model")):
        return f"write keys and values below '{key}:', two spaces further in"
    return "write a value within these limits"


def _keys_at(location: Location) -> list[str]:
    """The keys that may stand where ``location`` points, by walking the models."""
    model: type[BaseModel] = Script
    for part in location:
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        nested = _model_in(field.annotation) if field else None
        model = nested or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The first pydantic model inside an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if getattr(annotation, "__forward_arg__", None) == "Step":
        return Step
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)


def _loose_ends(document: Document, script: Script) -> list[ContentError]:
    """Every ``goto`` must lead somewhere, and every ``choose`` must ask for something known."""
    steps = list(all_steps(script.steps, ("steps",)))
    labels = {step.label for step in script.steps if step.label} | set(RESERVED)
    facts = {*script.settings, *FACTS}
    errors = [
        document.error(at, f"'{step.goto}' is no label of this script", instead(step.goto, labels))
        for at, step in steps
        if step.goto and step.goto not in labels
    ]
    errors += [
        document.error(
            (*at, "choose", "by"), f"'{step.choose.by}' is neither a setting nor a fact", instead(step.choose.by, facts)
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
