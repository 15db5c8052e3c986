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
    """Processor time of a process so far, ticks; ``None`` where it cannot be known, or while a disk is waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    state, user, system = fields[0], fields[11], fields[12]
    return None if state == "D" else int(user) + int(system)
