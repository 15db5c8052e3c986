"""How well paraphrases that were never trained on are understood, as text.

python -m benchmarks.understanding.blind [--faults]
"""

from __future__ import annotations

import sys
from pathlib import Path

from voice.guiding.lines import lines_of
from voice.guiding.practice import load_practices
from voice.understanding.intents import load_intents
from voice.understanding.sentence_files import read_sentences
from voice.understanding.understander import Understander
from voice.understanding.words import split

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

Counts = tuple[int, int, int, int]
"""Right, all paraphrases, taken, all look-alikes."""


def measured(path: Path = HERE / "blind.yaml", faults: bool = False) -> Counts:
    """Count over a file of practices with their sentences, and ``nothing``."""
    practices = load_practices([ROOT / "scripts"])
    understander = Understander(load_intents([ROOT / "intents"]), guided=lines_of(practices.values()))
    right = many = taken = nothing = 0
    for practice, sentences in read_sentences(path).data.items():
        for sentence in sentences:
            found = understander.understand(sentence, "idle")
            if practice == "nothing":
                nothing += 1
                wrong = found.intent is not None and found.starts
                taken += wrong
            else:
                many += 1
                wrong = found.practice != practice
                right += not wrong
            if wrong and faults:
                print(f"{practice}: {sentence}: {found.practice} ({found.score:.2f}) {found.why}", file=sys.stderr)
    return right, many, taken, nothing


def trained_on(path: Path = HERE / "blind.yaml") -> list[str]:
    """Sentences that stand in the training text as well; there must be none."""
    told = {split(text) for texts in read_sentences(HERE / "paraphrases.yaml").data.values() for text in texts}
    return [text for texts in read_sentences(path).data.values() for text in texts if split(text) in told]


if __name__ == "__main__":
    counted = measured(faults="--faults" in sys.argv)
    print("right {} of {} paraphrases, taken {} of {} look-alikes".format(*counted))
    print("in the training text as well:", trained_on() or "none")
