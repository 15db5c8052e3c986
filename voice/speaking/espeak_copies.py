"""espeak-ng through pyttsx3 on Linux, one fresh copy of the process for each phrase.

What espeak-ng makes of a text depends on what the same engine said before: lengths differ by some samples, its noise by
all. So the process loads everything, begins no engine, and forks for each phrase: the same text always gives the same
bytes, a crash costs one phrase, and the sound stays in memory instead of a temporary file.

pyttsx3 hands settings to a thread of espeak-ng, and ends its loop by cancelling whatever that thread is doing. Under
load it then cut words short (one in fifty), so the thread is waited for, by ``espeak_Synchronize``, before every loop.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, NoReturn

from voice.errors import DeviceError

VOICE = "en-us+m7"
"""Of fifteen male, female and named voices of espeak-ng 1.51 the one that Whisper understood best at this pitch."""
PITCH = 35
"""0 to 99; at espeak-ng's own 50 this voice speaks at about 105 Hz, at 35 at 95."""
SLOWLY = 0.75
"""Of the usual words a minute, for who asked "what?"."""
STALL_S = 4
"""A phrase takes 30 ms; a copy that takes this long, seconds, is ended."""
INSTALL = "Install it: sudo apt install espeak-ng"

NOWHERE = "unix:/dev/null"
"""espeak-ng looks for a sound server even to fill memory; one that stands still would hold every phrase."""

FAILED = 1
"""Exit code of a copy that writes why instead of what it was asked for."""
OUTPUT = 3
"""The file descriptor that a copy writes to."""


class EspeakCopies:
    """Renders phrases, each in a copy of this process."""

    def __init__(self, voice: str | None, words_per_minute: int) -> None:
        """Load the library and look for the voice: id or language of ``espeak-ng --voices``, maybe with ``+variant``.

        Raises ``DeviceError`` if either is missing.
        """
        self.name = f"espeak-ng {voice or VOICE}"
        self._words_per_minute = words_per_minute
        try:
            import pyttsx3.drivers.espeak  # noqa: F401  # loaded here, so that no copy has to
        except (ImportError, RuntimeError, OSError) as error:
            raise DeviceError("The voice needs espeak-ng, which is missing.", INSTALL) from error
        self._memory = os.memfd_create("attune-voice")
        self._voice = self._in_a_copy(partial(_find_voice, voice or VOICE)).decode()
        if not self._voice:
            remedy = "See: espeak-ng --voices; or type: attune settings reset voice"
            raise DeviceError(f'There is no voice "{voice or VOICE}".', remedy)

    def render(self, text: str, *, slow: bool = False) -> bytes:
        """A WAV file of ``text``, at ``SLOWLY`` times the usual rate if ``slow``.

        Raises ``DeviceError`` if espeak-ng crashes or stalls.
        """
        rate = round(self._words_per_minute * SLOWLY) if slow else self._words_per_minute
        return self._in_a_copy(partial(_speak, self._voice, rate, text))

    def _in_a_copy(self, work: Callable[[], None]) -> bytes:
        """What ``work`` wrote to ``OUTPUT``."""
        os.ftruncate(self._memory, 0)
        copy = os.fork()
        if copy == 0:
            _be_the_copy(work, self._memory)
        code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
        result = os.pread(self._memory, os.fstat(self._memory).st_size, 0)
        if code != 0:
            why = result.decode(errors="replace") if code == FAILED else f"it ended with {code}"
            raise DeviceError(f"espeak-ng could not speak: {why}.", f'Try: espeak-ng "hello". {INSTALL}')
        return result


def _be_the_copy(work: Callable[[], None], memory: int) -> NoReturn:
    """Do the work and end, whatever happens; a copy holds nothing open that others wait for."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(STALL_S)
    os.environ["PULSE_SERVER"] = NOWHERE
    code = FAILED
    try:
        os.dup2(memory, OUTPUT)
        os.closerange(0, OUTPUT)
        os.closerange(OUTPUT + 1, os.sysconf("SC_OPEN_MAX"))
        for _ in range(OUTPUT):
            os.open(os.devnull, os.O_RDWR)
        sys.stdout = sys.stderr = os.fdopen(1, "w")  # pyttsx3 prints what it saved
        work()
        code = 0
    except BaseException as error:
        os.ftruncate(OUTPUT, 0)
        os.pwrite(OUTPUT, str(error).encode(), 0)
    finally:
        os._exit(code)


def _engine() -> Any:
    """A pyttsx3 engine with nothing in its queue."""
    import pyttsx3
    from pyttsx3.drivers import _espeak, espeak

    espeak.time = SimpleNamespace(sleep=lambda _: time.sleep(0.001))  # its loop looks every 10 ms, twice a phrase
    engine = pyttsx3.init("espeak")
    _espeak.Synchronize()
    engine.runAndWait()  # the first one returns at once
    return engine


def _find_voice(name: str) -> None:
    """Write the voice's full id, or nothing: neither pyttsx3 nor espeak-ng says when there is none."""
    engine = _engine()
    base, plus, variant = name.partition("+")
    voices = engine.getProperty("voices")
    ids = [voice.id for voice in voices if base.lower() in (voice.id, *map(str.lower, voice.languages or []))]
    if ids:
        engine.setProperty("voice", f"{ids[0]}{plus}{variant}")
        if engine.getProperty("voice").endswith((plus + variant).lower()):
            os.pwrite(OUTPUT, f"{ids[0]}{plus}{variant}".encode(), 0)


def _speak(voice: str, words_per_minute: int, text: str) -> None:
    """Write a WAV file."""
    from pyttsx3.drivers import _espeak

    engine = _engine()
    engine.setProperty("voice", voice)
    engine.setProperty("pitch", PITCH)
    engine.setProperty("rate", words_per_minute)
    _espeak.Synchronize()
    engine.save_to_file(text, f"/proc/self/fd/{OUTPUT}")
    engine.runAndWait()
