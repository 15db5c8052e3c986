"""``python -m launcher ROOT KEY NEED``: make the environment satisfy one need, then stamp it.

Called by ``./attune`` only when the stamp does not already say so. The needs are in ``launcher.environment``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from launcher.environment import Environment
from launcher.lock import alone
from launcher.system_packages import install_missing
from launcher.talk import Refusal, say


def main(root: Path, key: str, need: str) -> int:
    """Set up, or say in a sentence why not; the exit code."""
    environment = Environment(root, key)
    try:
        with alone(root / ".attune"):
            if environment.satisfies(need):  # another set-up did it while this one waited
                return 0
            install_missing(for_tests=need == "dev", log=root / ".attune" / "system-packages.log")
            environment.prepare(need)
    except Refusal as refusal:
        say(str(refusal))
        return 1
    except KeyboardInterrupt:
        say("Stopped. The next ./attune begins this set-up anew.")
        return 130
    return 0


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)  # it led here; what is started from here must not inherit it
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
