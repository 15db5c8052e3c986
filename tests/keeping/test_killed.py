"""A process is killed at sixty random moments: what it said is there afterwards, once, and nothing is doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.keeping.child_writer import NOW
from voice.keeping import records
from voice.keeping.store import Store, open_store

KILLS = 60
ROOT = Path(__file__).parents[2]


def _killed_after(folder: Path, number: int, lines: int, more_s: float) -> list[str]:
    """Let a child write until it has said some lines, and a random moment more; then kill -9. What it said."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.keeping.child_writer", str(folder), str(number)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout
    said = [child.stdout.readline() for _ in range(lines)]
    killer = threading.Timer(more_s, lambda: child.send_signal(signal.SIGKILL))
    killer.start()
    said += child.stdout.readlines()
    killer.join()
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()
    return [line.strip() for line in said if line.endswith("\n")]


def _found(store: Store) -> Counter[str]:
    """Everything in the store, written as the child says it."""
    found: Counter[str] = Counter()
    for item in records.appointments(store):
        if item.due:
            seconds = round((item.made.utc - NOW.utc).total_seconds())
            found[f"said time-out {seconds}"] += 1
            if (item.due.utc - item.made.utc).total_seconds() == 30 * 60:
                found[f"said ten-more {seconds}"] += 1
        else:
            found[f"said {item.kind} {(item.words or item.what).split()[1]}"] += 1
    named = {item.id: item.what.split()[1] for item in records.appointments(store) if item.kind == "ritual"}
    found.update(f"said due {named[number]}" for number, _ in records.claims(store))
    found.update(f"said row {row.practice.split('-')[1]}" for row in records.rows(store))
    return found


def kill_often(folder: Path, kills: int, seed: int) -> int:
    """Each child goes on with the round in which the one before was killed, as people repeat what was not answered.

    After each kill the file is sound, what was said is there, and nothing is doubled; returns how many rounds began.
    """
    chance = random.Random(seed)
    said: set[str] = set()
    number = 0
    for _ in range(kills):
        said |= set(_killed_after(folder, number, chance.randrange(0, 12), chance.uniform(0.0, 0.02)))
        with open_store(folder) as store:
            assert store.notice is None
            assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found = _found(store)
        assert max(found.values(), default=1) == 1, "doubled"
        last = max((int(line.split()[2]) for line in said if " time-out " in line), default=-1)
        over = {f"said {kind} {n}" for kind in ("time-out", "ten-more") for n in range(last + 1)}
        missing = said - over - set(found)
        assert not missing, "said, and lost"
        assert last < 0 or any(f"said time-out {n}" in found for n in (last, last + 1))
        if f"said ten-more {last}" in said and f"said time-out {last}" in found:
            assert f"said ten-more {last}" in found
        number = max(last, 0)
    return number


def test_what_was_said_is_there_once(tmp_path: Path) -> None:
    """Sixty times; ``benchmarks/kills.py`` does it two hundred times."""
    assert kill_often(tmp_path, KILLS, seed=7) > KILLS // 4, "the children wrote enough"


@pytest.mark.parametrize(
    ("said", "told", "what", "due"),
    [
        (
            "we need a time out",
            "Twenty minutes. A break to come back from, at ten to nine.",
            "time-out",
            "2026-03-25T20:50:00+01:00",
        ),
        (
            "remind us of a walk every evening at nine",
            "Every evening at nine: a walk.",
            "ritual",
            "2026-03-25T21:00:00+01:00",
        ),
    ],
)
def test_what_attune_has_said_aloud_outlives_it(tmp_path: Path, said: str, told: str, what: str, due: str) -> None:
    """Attune itself is killed as soon as its sentence has sounded, and started again."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "voice", "type", "--clock", "2026-03-25T20:30[Europe/Berlin]"]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
    )
    assert child.stdin
    assert child.stdout
    child.stdin.write(f"{said}\n@20 pass\n")
    child.stdin.flush()
    while (line := child.stdout.readline()) and told not in line:
        pass
    assert line, "it came to its end without saying it"
    child.send_signal(signal.SIGKILL)
    child.communicate()
    events = tmp_path / "events.jsonl"
    again = [*command[:-1], "2026-03-25T20:40[Europe/Berlin]", "--events", str(events)]
    subprocess.run(again, input="@5 pass\n", text=True, cwd=tmp_path, env=environment, check=True, capture_output=True)
    happened = [json.loads(line) for line in events.read_text().splitlines()]
    restored = [event for event in happened if event["event"] == "promised"]
    assert [(event["what"], event["due"], event["restored"]) for event in restored] == [(what, due, True)]
