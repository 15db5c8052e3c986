"""``attune`` without a command: listens in the room, or plays the same loop on files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from voice.arguments import EPILOG
from voice.commands.options import echo_path_of, options_of
from voice.errors import DeviceError
from voice.eventlog import EventFile, tell_all
from voice.events import Event
from voice.screen import teller
from voice.terminal import can_type

if TYPE_CHECKING:
    from voice.session import Session

    Watch = Callable[[Session], None]


def run(args: argparse.Namespace) -> int:
    """Files if files are given; else the room; else the keyboard; else the demo."""
    if bool(args.mic) != bool(args.speaker):
        given, missing = ("--mic", "--speaker") if args.mic else ("--speaker", "--mic")
        raise DeviceError(f"{given} needs {missing}.", "Write: attune --mic IN.wav --speaker OUT.wav")
    path = echo_path_of(args)
    with ExitStack() as stack:
        listeners = [stack.enter_context(EventFile(args.events)).write] if args.events else []
        if args.mic:
            from voice.drives.files import run_files

            run_files(args.mic, args.speaker, options_of(args), tell_all(listeners), path)
            print(f"Written: {args.speaker}", file=sys.stderr)
            return 0
        print(EPILOG, file=sys.stderr)
        story = teller(sys.stdout, args.screen, hear=True)
        stack.enter_context(story)
        return _live(args, tell_all([*listeners, story.tell]), story.watch)


def _live(args: argparse.Namespace, log: Callable[[Event], None], watch: Watch) -> int:
    from voice.drives import keyboard, room

    missing = room.what_is_missing()
    if missing is None:
        return room.run_room(options_of(args), log, written_down=bool(args.events), watch=watch)
    print(missing, file=sys.stderr)
    if can_type():
        print("You can go on by keyboard.", file=sys.stderr)
        return keyboard.run_keyboard(None, options_of(args), log, watch)
    print("There is no terminal either, so here is the first scene by itself (attune demo).", file=sys.stderr)
    from voice.commands import demo

    args.output = None
    return demo.run(args)
