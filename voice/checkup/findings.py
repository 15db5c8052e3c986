"""One finding of a check-up, and running checks so that none of them stops the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from voice.errors import AttuneError


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is doing."""

    part: str
    """Which, for example ``microphone``."""
    good: bool
    """Whether it works."""
    says: str
    """What was found, in a sentence; never a word that somebody said."""
    remedy: str = ""
    """What to do where it does not work."""
    figures: Mapping[str, float | str] = field(default_factory=dict)
    """The same for programs; units are in the names."""

    def to_json(self) -> dict[str, Any]:
        """As a plain dict."""
        return asdict(self) | {"figures": dict(self.figures)}


Check = Callable[[], Finding]


def look(part: str, check: Check) -> Finding:
    """Run one check; what a person can mend becomes a finding."""
    try:
        return check()
    except AttuneError as error:
        return Finding(part, False, getattr(error, "what", str(error)), getattr(error, "remedy", ""))
