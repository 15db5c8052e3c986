"""``attune check``: validates scripts, intents and settings, and says file, line, what is wrong and what to write."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from voice.content import builtin_folder, folders, read_yaml
from voice.errors import ContentError, ContentErrors, DeviceError
from voice.guiding.practice import build_what_is_right, same_ids, script_files
from voice.guiding.responses import load_responses
from voice.keeping.settings import load_home
from voice.languages import gaps, is_language
from voice.references import lost_hand_overs, lost_practices, lost_sounds, taken_controls, taken_names, taken_phrases
from voice.speaking.sounds import sound_names
from voice.understanding.intents import Intents, load_intents, sentence_files
from voice.understanding.understander import Understander


def run(args: argparse.Namespace) -> int:
    """Check the given paths, or everything that would be loaded; exit 1 if anything is wrong."""
    paths: list[Path] = args.paths or [*folders("scripts", args.data), *folders("intents", args.data)]
    found = check_paths(paths)
    for language in _languages_meant(args.paths):
        _tell_missing(language)
    if args.watch:
        watch(paths)
    return found


def watch(paths: Sequence[Path], stop: threading.Event | None = None) -> None:
    """Check again whenever something below ``paths`` is saved; until Ctrl-C, or until ``stop``."""
    try:
        from watchfiles import watch as changes
    except ImportError as error:
        raise DeviceError("Watching needs watchfiles, which is missing.", "Install: pip install watchfiles") from error
    print("Watching; Ctrl-C ends it.", file=sys.stderr, flush=True)
    places = [path if path.is_dir() else path.parent for path in paths]
    for changed in changes(*places, stop_event=stop, raise_interrupt=False, rust_timeout=200):
        if any(Path(file).suffix in (".yaml", ".yml") for _, file in changed):
            check_paths([path for path in paths if path.exists()])


def check_paths(paths: Sequence[Path]) -> int:
    """Check files and folders once; prints every fault and returns 1 if there is one."""
    files = [file for path in paths for file in _files(path)]
    errors = [error for path in paths if path.is_dir() for error in same_ids(path)]
    sentences = []
    for file in files:
        try:
            if not _check_one(file):
                sentences.append(file)
        except ContentErrors as fault:
            errors += fault.errors
    for language, of_it in _by_language(sentences):
        errors += _check_sentences(of_it, language)
    for language, of_it in _by_language([file for file in files if file not in sentences]):
        if (ours := _our_intents(language)).is_dir():
            errors += taken_names(of_it, load_intents([ours]))
    for error in sorted(errors, key=lambda error: (str(error.path), error.line)):
        print(error)
    if not errors:
        print("1 file is right." if len(files) == 1 else f"{len(files)} files are right.", file=sys.stderr)
    return 1 if errors else 0


def _files(path: Path) -> list[Path]:
    """A file itself, or every YAML file of a folder and the folders in it."""
    if not path.is_dir():
        return [path]
    inner = [folder for folder in sorted(path.iterdir()) if folder.is_dir()]
    return [*script_files(path), *(file for folder in inner for file in script_files(folder))]


def _check_one(path: Path) -> bool:
    """Check a script or the responses; false for sentences, which are checked together since they share lists and
    rules.
    """
    document = read_yaml(path)
    keys = document.data if isinstance(document.data, dict) else {}
    if "responses" in keys:
        load_responses([path.parent])
    elif {"intents", "lists", "expansion_rules"} & set(keys) or (not keys and _lies_among_sentences(path)):
        return False
    else:
        _check_script(path)
    return True


def _lies_among_sentences(path: Path) -> bool:
    """Whether a file's folder, or the one that this lies in (a language's, or ``practices``), is for sentences."""
    return "intents" in [folder.name for folder in path.absolute().parents[:2]]


def _check_script(path: Path) -> None:
    """A script and what it says of other files."""
    practice, faults = build_what_is_right(read_yaml(path), {})
    beside = [path.absolute().parent.parent]
    known = {file.stem for folder in (*folders("scripts", beside), path.parent) for file in script_files(folder)}
    if practice:
        faults += [*lost_sounds(practice, sound_names(beside)), *lost_hand_overs(practice, known)]
    if faults:
        raise ContentErrors(sorted(faults, key=lambda fault: fault.line))


def _our_intents(language: str) -> Path:
    return builtin_folder("intents") if language == "en" else builtin_folder("intents") / language


def _language_of(path: Path) -> str:
    """The folder of another language that a file lies in, or ``en``."""
    return path.parent.name if is_language(path.parent) else "en"


def _by_language(files: list[Path]) -> list[tuple[str, list[Path]]]:
    languages = dict.fromkeys(map(_language_of, files))
    return [(language, [file for file in files if _language_of(file) == language]) for language in languages]


def _languages_meant(paths: Sequence[Path]) -> list[str]:
    """Other languages that somebody works on or lives with: those of the folders given, else that of the settings."""
    meant = [_language_of(path / "any") if path.is_dir() else _language_of(path) for path in paths]
    return list(dict.fromkeys(language for language in meant or [load_home().language] if language != "en"))


def _tell_missing(language: str) -> None:
    """What a language does not have yet, with file and line; Attune runs without it."""
    try:
        missing = gaps(language)
    except ContentErrors:  # told already
        return
    for gap in missing:
        print(gap, file=sys.stderr)


def _check_sentences(files: list[Path], language: str) -> list[ContentError]:
    """What is wrong in sentence files; they may use the built-in lists and rules of their language."""
    ours = _our_intents(language)
    intents, right, faults = _loaded(files, [ours])
    if intents is None:
        return faults
    beside = sorted({file.absolute().parent.parent for file in files})
    practices = {file.stem for folder in folders("scripts", beside) for file in script_files(folder)}
    lost = lost_practices(intents.templates, practices)
    return [*faults, *lost, *_check_phrases(right, sentence_files(folders("intents", beside, language)), ours)]


def _loaded(files: list[Path], known: list[Path]) -> tuple[Intents | None, list[Path], list[ContentError]]:
    """The sentences of the files that are right, these files, and what is wrong in the others.

    Of one that is wrong the lists and rules still count where they can be read, so that nothing else seems wrong.
    """
    faults: dict[str, ContentError] = {}
    while True:
        try:
            return load_intents(files, known=known), files, list(faults.values())
        except ContentErrors as fault:
            faults |= {str(error): error for error in fault.errors}
            wrong = {error.path for error in fault.errors}
        moved = [file for file in files if file in wrong]
        files = [file for file in files if file not in wrong]
        if not files or not wrong & {*moved, *known}:
            return None, [], list(faults.values())
        known = [*(file for file in known if file not in wrong), *moved]


def _check_phrases(files: list[Path], places: list[Path], ours: Path) -> list[ContentError]:
    """Whether what is said for a practice is free, among all sentences that count beside these; ours are tested."""
    own = [file for file in files if builtin_folder("intents") not in file.absolute().parents]
    if not own:
        return []
    inside = {place.absolute() for place in places}
    intents, _, faults = _loaded([*places, *(file for file in own if file.absolute() not in inside)], [ours])
    if intents is None:
        return faults
    return taken_phrases(own, Understander(intents)) + taken_controls(intents, own)
