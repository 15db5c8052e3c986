"""Every setting: what it is for, what it may be, and how it is changed by voice and by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One setting."""

    key: str
    """Its name in the file."""
    sentence: str
    """What it does."""
    values: str
    """What it may be."""
    default: object
    """What it is where nothing is written."""
    example: str
    """A value as it is typed after ``attune settings set KEY``."""
    says: tuple[str, ...]
    """Sentences that change it by voice; none where a misheard word would let somebody into the house."""


ROWS = (
    Row("names", "What you are called; who begins then alternates.", "two names", None, "[Ana, Bo]",
        ("learn our names", "forget our names")),
    Row("country", "Where you live, for the numbers to call.", "two capital letters (ISO 3166)", None, "DE",
        ("we live in germany", "we live in austria")),
    Row("language", "What is spoken and understood.", "en, de", "en", "de",
        ("speak german from now on", "speak english from now on")),
    Row("numbers", "Whether you are asked how tense you are, from one to ten.", "on, off", "off", "on",
        ("always ask us for numbers", "never ask us for numbers")),
    Row("quiet_hours", "When nothing comes by itself.", "two times, or off", ["23:00", "06:00"], '["22:00", "07:00"]',
        ("quiet hours from ten to seven", "no quiet hours")),
    Row("patience", "How long something due waits for a good moment, in minutes.", "1 to 120", 15, "30",
        ("be patient for thirty minutes",)),
    Row("rituals", "Small acts and when they come round, beside those you ask for by voice.",
        "a list of acts and times", [], "[{act: hug, when: every evening at six}]",
        ("remind us to hug every evening at six",)),
    Row("voice", "Which voice speaks.", "auto, espeak, piper, a voice's name, or a Piper file", "auto", "espeak",
        ("use the other voice from now on",)),
    Row("pace", "How fast it speaks, in words a minute.", "110 to 180", 140, "130",
        ("always speak slower", "always speak faster")),
    Row("volume", "How much louder everything is, in decibels.", "-18 to 6", 0, "-3",
        ("always be softer", "always be louder")),
    Row("cues", "What breathing in and breathing out sound like.", "tone, breath, bowl, hum, sea", "tone", "sea",
        ("breathe with the sea from now on", "breathe with the tone from now on")),
    Row("background", "What lies softly under the breathing.", "none, sea, rain", "none", "rain",
        ("play rain under our breathing from now on", "play nothing under our breathing from now on")),
    Row("night", "Whether it is softer and a little slower, always or in the quiet hours.", "off, auto, on", "off",
        "auto", ("speak softly at night from now on", "speak as usual at night from now on", "speak softly tonight")),
    Row("microphone", "Which microphone listens.", "auto, or a part of its name", "auto", "USB",
        ("use the other microphone from now on",)),
    Row("loudspeaker", "Which loudspeaker plays.", "auto, or a part of its name", "auto", "USB",
        ("use the other loudspeaker from now on",)),
    Row("echo", "Who takes its own voice out of what it hears; off suits only headphones.",
        "auto, ours, device, off", "auto", "device",
        ("always take your own voice out", "the computer takes your voice out", "never take your own voice out",
         "find out about the echo yourself")),
    Row("keys", "Buttons and keys that steer it; a key's name is only ever typed.",
        "a list of keys, each with stop, pause, go-on, again, skip, slower, faster, softer or louder", {},
        "{KEY_F13: pause, KEY_F14: stop}", ()),
    Row("rooms", "Satellites in other rooms; an address is only ever typed.", "a list of addresses", [],
        '["tcp://192.168.1.20:10700"]', ()),
)  # fmt: skip
"""In the order in which they are listed."""


def row(key: str) -> Row | None:
    """The row of a setting, or ``None`` where there is no such setting."""
    return next((row for row in ROWS if row.key == key), None)
