"""Whether a process that owes an answer works on it: native code that waits for itself uses no processor time."""

from __future__ import annotations

from pathlib import Path

STILL_S = 2.0
"""So long without any work, while an answer is owed, is a standstill, seconds."""
LEAST_TICKS = 2
"""Less processor time than this is none, ticks of 10 ms: being asked whether it runs takes a fraction of one."""


class Standstill:
    """Looks at one process again and again; Linux only, elsewhere an answer's own limit has to do."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._pid = 0
        self._ticks = 0
        self._since_s = 0.0

    def look(self, pid: int, now_s: float, *, owes: bool) -> bool:
        """Whether it has stood still for ``STILL_S``; ``now_s`` is a monotonic second."""
        ticks = worked(pid) if owes else None
        if ticks is None or pid != self._pid or ticks - self._ticks >= LEAST_TICKS:
            self._pid, self._ticks, self._since_s = (pid, ticks, now_s) if ticks is not None else (0, 0, now_s)
            return False
        return now_s - self._since_s >= STILL_S


def worked(pid: int) -> int | None:
    """Processor time of a process so far, ticks; ``None`` where it cannot be known, or while one of its threads waits
    for a disk, or could run and is not let: beside busy programs a child may get nothing for seconds.
    """
    try:
        threads = [_fields(path) for path in Path(f"/proc/{pid}/task").glob("*/stat")]
        _, user, system = _fields(Path(f"/proc/{pid}/stat"))
    except OSError:
        return None
    return None if any(state in ("D", "R") for state, _, _ in threads) else int(user) + int(system)


def _fields(path: Path) -> tuple[str, str, str]:
    """State, and the processor's ticks for user and system, of ``/proc/…/stat``; raises ``OSError``."""
    fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return fields[0], fields[11], fields[12]
