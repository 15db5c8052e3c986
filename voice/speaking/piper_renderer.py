"""The child process's side of a Piper voice: text to samples, the same for the same text.

Piper's voices draw two kinds of noise, for the sound and for the lengths; both are set to nothing, and one thread adds
in one order, so that a text always gives the same bytes on a machine. A Piper voice lets the last sentence of several
fall away and has high peaks, so each sentence is brought to one loudness here.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.errors import DeviceError
from voice.memory import give_back
from voice.speaking.espeak_copies import SLOWLY
from voice.speaking.loudness import SPEECH_LUFS, levelled
from voice.speaking.pyttsx3_renderer import sayable

NATURAL_WPM = 205
"""Words a minute at Piper's own length with our rests between sentences: the voice joe on 111 of our sentences."""
BETWEEN_S = 0.35
"""Silence between two sentences, seconds: Piper leaves none."""
REMEDY = "Type: ./attune --voice piper (or pip install 'attune-voice[piper]'), or: attune settings set voice espeak"


class Renderer:
    """Renders texts; the factory of a ``Child``."""

    def __init__(self, model: Path, words_per_minute: int) -> None:
        """Load a voice, an ``.onnx`` file with its ``.onnx.json`` beside it; raises ``DeviceError``."""
        try:
            import onnxruntime
            from piper import PiperVoice
            from piper.config import PiperConfig

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            # Every length of sentence would leave blocks and a plan of its own: 394 MB after 27 sentences; without
            # them, and with freed pages given back, 143 MB; the same bytes for a fifth more computing.
            options.enable_cpu_mem_arena = options.enable_mem_pattern = False
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
            session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            config = PiperConfig.from_dict(json.loads(Path(f"{model}.json").read_text(encoding="utf-8")))
            self._voice = PiperVoice(config=config, session=session)
        except ImportError as error:
            raise DeviceError("The voice needs piper-tts, which is missing.", REMEDY) from error
        except Exception as error:  # onnxruntime and Piper raise many kinds for a file that is none
            raise DeviceError(f"The Piper voice {model.name} cannot be used ({_first(error)}).", REMEDY) from error
        self._pace = NATURAL_WPM / words_per_minute
        self.rate = int(config.sample_rate)

    def render(self, text: str, slow: bool = False) -> tuple[NDArray[np.float32], int]:
        """Mono samples, float32 (frames,), and their rate in hertz; raises ``DeviceError``."""
        from piper import SynthesisConfig

        how = SynthesisConfig(
            length_scale=self._pace / (SLOWLY if slow else 1.0),
            noise_scale=0.0,
            noise_w_scale=0.0,
            normalize_audio=False,
        )
        try:
            sentences = [
                levelled(np.asarray(chunk.audio_float_array, np.float32), self.rate, SPEECH_LUFS)
                for chunk in self._voice.synthesize(sayable(text), how)
            ]
        except Exception as error:
            raise DeviceError(f"Piper could not speak ({_first(error)}).", REMEDY) from error
        give_back()
        rest = np.zeros(round(BETWEEN_S * self.rate), np.float32)
        parts = [part for sentence in sentences for part in (sentence, rest)][:-1]
        sound = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        return np.asarray(sound, np.float32), self.rate


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
