"""The two families of error a person can mend; anything else is a bug of ours."""

from __future__ import annotations

from pathlib import Path


class AttuneError(Exception):
    """Something a person can mend; shown as one plain sentence, never as a traceback."""


class ContentError(AttuneError):
    """A script, intent file or setting is wrong: where, what, and what to write instead."""

    def __init__(self, path: Path | str, line: int, what: str, remedy: str) -> None:
        """Keep the place.

        ``line`` counts from 1; ``remedy`` says what to write instead.
        """
        super().__init__(f"{path}:{line}: {what}; {remedy}")
        self.path = Path(path)
        self.line = line
        self.what = what
        self.remedy = remedy


class ContentErrors(AttuneError):
    """Every fault found in one reading, so that an author sees them all at once."""

    def __init__(self, errors: list[ContentError]) -> None:
        """Keep the faults in the order of the file."""
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


class DeviceError(AttuneError):
    """Something is missing on this machine: what, and the command that mends it."""

    def __init__(self, what: str, remedy: str) -> None:
        """Say what is missing, and what to do."""
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy
