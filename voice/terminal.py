"""Whether somebody can type: at a terminal, and not started in its background, where reading keys would stop us."""

from __future__ import annotations

import os
import sys


def can_type() -> bool:
    """True if standard input is a terminal that this process has in front; False where it is a pipe, or closed."""
    return sys.stdin is not None and sys.stdin.isatty() and _is_in_front(sys.stdin.fileno())


def _is_in_front(number: int) -> bool:
    if not hasattr(os, "tcgetpgrp"):
        return True
    try:
        return os.tcgetpgrp(number) == os.getpgrp()
    except OSError:  # a terminal, but not the one that this process belongs to: it stops nobody
        return True
