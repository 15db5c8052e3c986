"""A sound card without hardware: a PulseAudio daemon of its own, with a loudspeaker and a microphone of nobody else.

It has a null sink ``speaker`` (48 kHz; its monitor is what was played), a null sink ``micsink`` (16 kHz; what is played
there is what the microphone hears) and a source ``mic``. Everything lies in a private folder, so it runs as any user,
beside any other daemon. ``python -m tests.soundcard COMMAND…`` runs a command with this card as its only sound device.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

SPEAKER_RATE, MIC_RATE = 48_000, 16_000
PROGRAMS = ("pulseaudio", "pactl", "parec", "paplay")
START_S = 15

DAEMON = f"""
load-module module-native-protocol-unix auth-anonymous=1 socket={{socket}}
load-module module-null-sink sink_name=speaker rate={SPEAKER_RATE} channels=1 channel_map=mono
load-module module-null-sink sink_name=micsink rate={MIC_RATE} channels=1 channel_map=mono
load-module module-remap-source source_name=mic master=micsink.monitor
set-default-sink speaker
set-default-source mic
"""
ALSA = """
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse hint.show on hint.description "Virtual sound card" }
ctl.!default { type pulse }
"""


def why_missing() -> str | None:
    """Why there can be no virtual sound card here, or ``None``."""
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    if lacking:
        return f"{', '.join(lacking)} not installed (Debian: pulseaudio pulseaudio-utils libasound2-plugins)"
    plugins = list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so"))
    return None if plugins else "ALSA's PulseAudio plugin is not installed (Debian: libasound2-plugins)"


class SoundCard:
    """A running virtual sound card."""

    def __init__(self, folder: Path) -> None:
        """Start the daemon in ``folder``; its path must be short, since it holds a socket."""
        self._folder = folder
        self._socket = folder / "socket"
        config = folder / "asound.conf"
        config.write_text(ALSA)
        self.env = dict(os.environ) | {"PULSE_SERVER": f"unix:{self._socket}", "ALSA_CONFIG_PATH": str(config)}
        """The environment in which this is the sound card."""
        script = folder / "daemon.pa"
        script.write_text(DAEMON.format(socket=self._socket))
        self.start()

    def start(self) -> None:
        """Start the daemon, or another one after a crash."""
        folder, script = self._folder, self._folder / "daemon.pa"
        arguments = ["-n", "-F", str(script), "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        own = {name: str(folder) for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "TMPDIR")}
        quietly = ["--log-level=error", "--disable-shm=yes", "--realtime=no", "--high-priority=yes"]
        with (folder / "log").open("w") as log:
            self._daemon = subprocess.Popen(
                ["pulseaudio", *arguments, *quietly], env=dict(os.environ) | own, stderr=log
            )
        self._wait_until_it_answers()

    def close(self) -> None:
        """Stop the daemon."""
        self._daemon.terminate()
        try:
            self._daemon.wait(5)
        except subprocess.TimeoutExpired:
            self._daemon.kill()
            self._daemon.wait()

    def kill(self) -> None:
        """The daemon crashes."""
        self._daemon.kill()
        self._daemon.wait()

    def stand_still(self) -> None:
        """The daemon takes connections and answers nothing, until ``go_on``."""
        self._daemon.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """The daemon answers again."""
        self._daemon.send_signal(signal.SIGCONT)

    def control(self, *words: str) -> str:
        """What ``pactl`` answers: ``load-module``, ``unload-module``, ``suspend-sink`` …"""
        return subprocess.run(["pactl", *words], env=self.env, capture_output=True, text=True, check=True).stdout

    def lead_back(self) -> None:
        """Let the microphone hear the loudspeaker, at full level and some 150 ms later.

        It comes as fast as it went: a loopback that holds its latency now and then changes its speed, as no air does,
        and one of 60 ms runs dry where the machine is busy.
        """
        way = ("source=speaker.monitor", "sink=micsink", "latency_msec=150", "adjust_time=0")
        self.control("load-module", "module-loopback", *way)

    @contextlib.contextmanager
    def recorded(
        self, source: str = "speaker.monitor", rate: int = SPEAKER_RATE
    ) -> Iterator[list[npt.NDArray[np.float32]]]:
        """Record what the loudspeaker plays during the block, or another source; the list then holds the samples,
        float32 at ``rate`` Hz."""
        form = ["--raw", "--format=s16le", f"--rate={rate}", "--channels=1", "--latency-msec=20"]
        heard: list[npt.NDArray[np.float32]] = []
        with tempfile.TemporaryFile(dir=self._folder) as raw:
            recorder = subprocess.Popen(["parec", "-d", source, *form], env=self.env, stdout=raw)
            try:
                _wait_for(lambda: os.fstat(raw.fileno()).st_size > 0)
                yield heard
            finally:
                recorder.terminate()
                recorder.wait()
            raw.seek(0)
            heard.append((np.frombuffer(raw.read(), np.int16) / 32768).astype(np.float32))

    def speak(self, samples: npt.NDArray[np.float32], rate: int = MIC_RATE) -> subprocess.Popen[bytes]:
        """Play float32 samples into the microphone; returns at once."""
        file = self._folder / f"spoken-{time.monotonic_ns()}.raw"
        file.write_bytes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
        command = ["paplay", "-d", "micsink", "--raw", "--format=s16le", f"--rate={rate}", "--channels=1"]
        return subprocess.Popen([*command, str(file)], env=self.env)

    def _wait_until_it_answers(self) -> None:
        try:
            _wait_for(lambda: self._answers() or self._daemon.poll() is not None)
        except TimeoutError:
            self.close()
            raise
        if self._daemon.poll() is not None:
            raise RuntimeError(f"pulseaudio ended: {(self._folder / 'log').read_text()}")

    def _answers(self) -> bool:
        found = subprocess.run(["pactl", "list", "short", "sources"], env=self.env, capture_output=True, text=True)
        return found.returncode == 0 and "\tmic\t" in found.stdout


@contextlib.contextmanager
def sound_card() -> Iterator[SoundCard]:
    """A virtual sound card for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="card-") as folder:
        card = SoundCard(Path(folder))
        try:
            yield card
        finally:
            card.close()


def _wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + START_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the virtual sound card does not answer")
        time.sleep(0.02)


def main() -> int:
    """Run a command on the card."""
    if (reason := why_missing()) is not None:
        print(reason, file=sys.stderr)
        return 1
    with sound_card() as card:
        return subprocess.run(sys.argv[1:], env=card.env).returncode


if __name__ == "__main__":
    sys.exit(main())
