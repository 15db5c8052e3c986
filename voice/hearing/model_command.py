"""``attune model list|get|use``, and what the launcher asks of us at set-up.

``python -m voice.hearing.model_command set-up ENGINE`` is the only other caller than the command line.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from voice.errors import AttuneError, DeviceError
from voice.hearing.known_models import GET_WHISPER, KNOWN, VOSK_SMALL_EN, Engine, KnownModel, models_folder
from voice.hearing.model_choice import Choice, remember, remembered
from voice.hearing.model_fetch import PAGE, fetch
from voice.hearing.models import find_vosk, find_whisper, installed_models

ENGLISH = ("help", "us", "calm", "down", "stop", "pause", "enough")
"""A model that knows these is taken for an English one at set-up; the phrases themselves are checked at every start."""

AUTO = "auto"


def run(args: Namespace) -> int:
    """Carry out ``attune model``: ``args.action`` is list, get or use, ``args.name`` a model or None; the exit code.

    Raises ``DeviceError`` for what cannot be done.
    """
    if args.action == "get":
        return _get(args.name or VOSK_SMALL_EN.name)
    if args.action == "use":
        return _use(args.name)
    return _list()


def set_up(engine: str, *, page: str = PAGE) -> int:
    """Have a model for ``engine`` (auto, vosk or whisper) ready, asking the model page at most once ever; always 0.

    A page that does not answer is no failure: it is said, remembered, and Whisper recognizes instead.
    """
    if engine == "whisper":
        return 0
    found = find_vosk(None, ENGLISH)
    if found:
        _say(f"The Vosk model in {found} is there; it will be used.")
        return 0
    choice = remembered()
    if choice.page_asked:
        return 0
    _say(f"Asking Vosk's model page for {VOSK_SMALL_EN.name} ({VOSK_SMALL_EN.about}).")
    try:
        folder = fetch(VOSK_SMALL_EN, _Bar(), page=page)
        _say(f"It is in {folder}.")
    except DeviceError as error:
        instead = "Vosk has no model yet." if engine == "vosk" else "Whisper recognizes instead."
        _say(f"{error.what} {instead} {error.remedy}.")
    remember(replace(choice, page_asked=True))
    return 0


def _list() -> int:
    """Every model that is here or could be: a star for the chosen one, name, engine, place or how to get it."""
    chosen = remembered()
    here = list(installed_models())
    for name, engine, folder in here:
        star = "*" if chosen.engine == engine and chosen.model in (name, str(folder)) else " "
        print(f"{star} {name}  {engine}  {folder}")
    for model in KNOWN.values():
        if model.name not in {name for name, _, _ in here}:
            print(f"  {model.name}  {model.engine}  not here; {_how_to_get(model)}")
    if chosen.engine is None:
        print("No choice made: auto takes what is here (attune model use NAME changes that).")
    return 0


def _how_to_get(model: KnownModel) -> str:
    if model.engine == "whisper":
        return f"type: {GET_WHISPER}"
    return f"type: attune model get {model.name}"


def _get(name: str) -> int:
    model = KNOWN.get(name)
    if model is None:
        known = ", ".join(KNOWN)
        raise DeviceError(
            f"{name} is not among the models whose hash we know ({known}).",
            "Fetch it yourself and name its folder: --model DIR, or attune model use DIR",
        )
    if model.engine == "whisper":
        print(find_whisper(model.name))  # it comes as a package; missing, this says how to install it
        return 0
    print(fetch(model, _Bar()))
    remember(replace(remembered(), page_asked=True))
    return 0


def _use(name: str | None) -> int:
    """Remember a model by name or folder for ``--engine auto``; ``auto`` forgets the choice."""
    if name is None:
        raise DeviceError("Which model?", "Type: attune model use NAME (attune model list shows them; auto: no choice)")
    asked = remembered().page_asked
    if name == AUTO:
        remember(Choice(page_asked=asked))
        print("auto decides again.")
        return 0
    engine = _engine_of(name)
    folder = find_vosk(name) if engine == "vosk" else find_whisper(name)
    kept = name if name in KNOWN or not Path(name).is_dir() else str(Path(name).resolve())
    remember(Choice(engine, kept, asked))
    print(f"{engine}: {folder}")
    return 0


def _engine_of(name: str) -> Engine:
    if name in KNOWN:
        return KNOWN[name].engine
    return "whisper" if (Path(name).expanduser() / "model.bin").is_file() else "vosk"


class _Bar:
    """A progress bar on standard error; in a log, one line at each quarter."""

    def __init__(self) -> None:
        self._shown = -1

    def __call__(self, here: int, whole: int) -> None:
        terminal = sys.stderr.isatty()
        step = here * (50 if terminal else 4) // max(whole, 1)
        if step == self._shown:
            return
        self._shown = step
        megabytes = f"{here / 1e6:.0f} of {whole / 1e6:.0f} MB"
        if terminal:
            print(f"\r[{'#' * step:<50}] {megabytes}", end="\n" if here >= whole else "", file=sys.stderr, flush=True)
        else:
            _say(megabytes)


def _say(sentence: str) -> None:
    print(f"attune: {sentence}", file=sys.stderr, flush=True)


def _main(arguments: list[str]) -> int:
    models_folder()  # platformdirs is there: a broken environment fails here and not half-way
    try:
        return set_up(arguments[1])
    except AttuneError as error:
        _say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
