"""Whether a process that owes an answer works on it: native code that waits for itself uses no processor time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STILL_S = 2.0
"""So long without any work, while an answer is owed, is a standstill, seconds."""
LEAST_TICKS = 2
"""Less processor time than this is none, ticks of 10 ms: being asked whether it runs takes a fraction of one."""
HARDLY = 0.25
"""Less than this share of a core is hardly being let; one that runs in circles takes what it can get."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a process did so far."""

    ticks: int
    """Processor time, ticks of 10 ms."""
    could: bool
    """Whether one of its threads runs, could run and is not let, or waits for a disk."""

    @classmethod
    def of(cls, pid: int) -> Work | None:
        """Of the process ``pid``; ``None`` where it cannot be known."""
        try:
            states = [_fields(path)[0] for path in Path(f"/proc/{pid}/task").glob("*/stat")]
            _, user, system = _fields(Path(f"/proc/{pid}/stat"))
        except OSError:
            return None
        return cls(int(user) + int(system), any(state in ("D", "R") for state in states))


class Standstill:
    """Looks at one process again and again; Linux only, elsewhere an answer's own limit has to do."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._pid = 0
        self._ticks = 0
        self._since_s = 0.0

    def look(self, pid: int, now_s: float, *, owes: bool) -> bool:
        """Whether it has stood still for ``STILL_S``; ``now_s`` is a monotonic second.

        One that could run and is not let does not stand still: beside busy programs it may get nothing for seconds.
        """
        work = Work.of(pid) if owes else None
        if work is None or work.could or pid != self._pid or work.ticks - self._ticks >= LEAST_TICKS:
            self._pid, self._ticks, self._since_s = (pid, work.ticks, now_s) if work else (0, 0, now_s)
            return False
        return now_s - self._since_s >= STILL_S


def is_held_up(before: Work | None, now: Work | None, seconds: float) -> bool:
    """Whether a process that said nothing for ``seconds`` wanted to work in between and was hardly let."""
    if before is None or now is None or not now.could:
        return False
    return (now.ticks - before.ticks) / 100 < HARDLY * seconds


def _fields(path: Path) -> tuple[str, str, str]:
    """State, and the processor's ticks for user and system, of ``/proc/…/stat``; raises ``OSError``."""
    fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return fields[0], fields[11], fields[12]
