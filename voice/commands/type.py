"""``attune type``: the conversation by keyboard, or by piped lines on a virtual clock."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from voice.app import load_said
from voice.commands.options import options_of
from voice.eventlog import EventFile, tell_all
from voice.screen import teller
from voice.terminal import can_type


def run(args: argparse.Namespace) -> int:
    """A terminal gets the real clock, a pipe the virtual one."""
    responses = load_said(options_of(args))
    with ExitStack() as stack:
        wanted = args.screen if can_type() else None
        story = teller(sys.stdout, wanted, hear=False, unknown=responses.get("NotUnderstood"))
        stack.enter_context(story)
        listeners = [story.tell]
        if args.events:
            listeners.append(stack.enter_context(EventFile(args.events)).write)
        log = tell_all(listeners)
        if can_type():
            from voice.drives.keyboard import run_keyboard

            return run_keyboard(args.speaker, options_of(args), log, story.watch)
        from voice.drives.typed import run_piped

        run_piped(sys.stdin or (), args.speaker, options_of(args), log)
    return 0
