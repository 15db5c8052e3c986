"""``attune rehearse``: one practice, played on the loudspeaker or rendered into a file."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from voice.app import Options, load_content
from voice.commands.options import options_of
from voice.errors import ContentErrors, DeviceError
from voice.eventlog import TIMELINE, EventFile, tell_all
from voice.events import Beat, Cue, Event
from voice.guiding.compiling import NUMBERS


def run(args: argparse.Namespace) -> int:
    """Render into ``-o`` on a virtual clock, play in real time, or with ``--fast`` only tell what would come."""
    options, practice = _locate(args.practice, options_of(args))
    try:
        _rehearse(args, options, practice)
    except ContentErrors as faults:
        if not args.set:
            raise
        given = " ".join(f"--set {pair}" for pair in args.set)
        what = f"{given} does not fit {practice}: {_listed(fault.what for fault in faults.errors)}."
        remedy = _listed(fault.remedy for fault in faults.errors)
        raise DeviceError(what, f"{remedy[:1].upper()}{remedy[1:]}.") from faults
    if args.output:
        print(f"It is in {args.output}.", file=sys.stderr)
    return 0


def _rehearse(args: argparse.Namespace, options: Options, practice: str) -> None:
    settings = dict(_setting(pair) for pair in args.set)
    with ExitStack() as stack:
        listeners = [stack.enter_context(EventFile(args.timeline, TIMELINE)).write] if args.timeline else []
        if args.fast:
            from voice.drives.typed import run_rehearsal

            run_rehearsal(practice, settings, args.answer, args.output, options, tell_all([*listeners, _tell]))
        elif args.output:
            from voice.drives.typed import run_rehearsal

            run_rehearsal(practice, settings, args.answer, args.output, options, tell_all(listeners))
        else:
            from voice.drives.keyboard import run_rehearsal as play
            from voice.speaking.loudspeaker import NoLoudspeaker

            try:
                play(practice, settings, args.answer, options, tell_all(listeners))
            except NoLoudspeaker as fault:
                raise DeviceError(
                    fault.what, f"{fault.remedy} Or hear it from a file: -o FILE.wav; or read it: --fast."
                ) from fault


def _listed(parts: Iterable[str]) -> str:
    """Each once: a setting may be used in several places."""
    return "; ".join(dict.fromkeys(parts))


def _tell(event: Event) -> None:
    """One line for what is said, and one for each breath, with its second."""
    if isinstance(event, Cue) and event.kind != "tone" and event.text not in NUMBERS:
        print(f"{event.start:7.1f} s  {event.text}")
    elif isinstance(event, Beat) and event.phase == "in" and event.beat == 1:
        print(f"{event.t:7.1f} s  breath {event.round}")


def _locate(name: str, options: Options) -> tuple[Options, str]:
    """A practice by id, or a YAML file, whose folder then counts as own scripts."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        if path.parent.name != "scripts":
            raise DeviceError(f"{name} does not lie in a folder named scripts.", "Put it there and name it again.")
        options, name = replace(options, data=(*options.data, path.parent.parent)), path.stem
    content = load_content(options)
    wrong = [fault for fault in content.left_out if fault.path.stem == name and "scripts" in fault.path.parts]
    if wrong:
        raise ContentErrors(wrong)
    known = content.practices
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise DeviceError(
            f"There is no practice '{name}'.", f"Did you mean {near[0]}?" if near else "`attune scripts` lists them."
        )
    return options, name


def _setting(pair: str) -> tuple[str, object]:
    key, equals, value = pair.partition("=")
    if not equals:
        raise DeviceError(f"--set {pair} has no value.", "Write --set minutes=3.")
    for number in (int, float):
        try:
            return key, number(value)
        except ValueError:
            continue
    return key, value
