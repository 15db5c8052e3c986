"""A process that keeps things and then says so, one line each, until somebody kills it.

``python child_writer.py FOLDER NUMBER``: begins with the given number. A line ``said KIND NUMBER`` stands for a
sentence spoken aloud: it is written only after the store has returned.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from tests.keeping.examples import at, later, promise, ritual, time_out
from voice.keeping import records
from voice.keeping.appointments import mark
from voice.keeping.records import Row
from voice.keeping.store import Store, open_store

NOW = at("2026-03-25T20:30")
DAILY = "DTSTART:20260325T210000\nRRULE:FREQ=DAILY"


def say(kind: str, number: int) -> None:
    """What cannot be taken back."""
    sys.stdout.write(f"said {kind} {number}\n")
    sys.stdout.flush()


def write_all(store: Store, number: int) -> None:
    """One of each; ``number`` tells them apart."""
    item = records.add(store, time_out(later(NOW, number)))
    say("time-out", number)
    assert item.due
    records.move(store, item, due=item.due.later(600))
    say("ten-more", number)
    daily = records.add(store, ritual(NOW, DAILY, f"act {number}"))
    say("ritual", number)
    records.add(store, replace(promise(NOW, "2026-03-27T18:00"), words=f"promise {number}"))
    say("promise", number)
    records.add(store, replace(ritual(NOW, DAILY, f"practice {number}"), kind="follow-up"))
    say("follow-up", number)
    if records.claim(store, daily, "2026-03-25T21:00:00", mark(NOW)):
        say("due", number)
    records.write_row(store, Row(f"practice-{number}", NOW.iso(), 60.0, "finished"))
    say("row", number)


if __name__ == "__main__":
    with open_store(Path(sys.argv[1])) as opened:
        for each in count(int(sys.argv[2])):
            write_all(opened, each)
