"""``attune welcome``: a first start by voice, then the room as always."""

from __future__ import annotations

import argparse
import sys

from voice.commands.options import options_of
from voice.eventlog import tell_all
from voice.story import Story


def run(args: argparse.Namespace) -> int:
    """Find devices that work, keep them, and begin to talk; raises ``DeviceError`` where there is no sound."""
    from voice.checkup.devices import find_devices
    from voice.drives.room import run_room
    from voice.keeping.settings_file import change

    print("Trying the microphone and the loudspeaker: a soft sound, or a few.", file=sys.stderr)
    found = find_devices()
    for key, name in (("microphone", found.microphone), ("loudspeaker", found.loudspeaker)):
        if name is not None:
            change(key, name)
        print(f"{key}: {name or 'as the system chose'}", file=sys.stderr)
    return run_room(options_of(args), tell_all([Story(sys.stdout, hear=True).tell]), begin="welcome")
