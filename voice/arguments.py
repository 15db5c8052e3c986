"""Every command and option of ``attune``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

EPILOG = (
    "Not therapy and not for emergencies, nor where one of you fears the other. In danger, call your emergency number."
)

CLOCK_HELP = "what time it is when files or piped lines begin, for tests: 2026-03-29T01:50[Europe/Berlin]"


STATES = ("idle", "guiding", "asking", "turn", "paused", "unprompted", "answering", "lately", "after", "apart",
          "meeting", "any")  # fmt: skip
"""States that words can be understood in: those of ``voice.understanding.sentence_files``, which every start would wait
40 ms for, and ``answering``; a test holds them together."""


def folder_there(text: str) -> Path:
    """A folder that is there; raises ``ArgumentTypeError``."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder '{text}'; name one with scripts/ or intents/ in it")
    return path


def wav_to_write(text: str) -> Path:
    """A file for sound, or a device without an ending; raises ``ArgumentTypeError`` for an ending that would lie."""
    path = Path(text)
    if path.suffix.lower() not in (".wav", ""):
        raise argparse.ArgumentTypeError(f"only WAV can be written; write {path.with_suffix('.wav')}")
    return path


def build_parser() -> argparse.ArgumentParser:
    """Every command and option."""
    from voice import __version__

    parser = argparse.ArgumentParser(
        prog="attune", description="A voice guide for two people who are stressed.", epilog=EPILOG
    )
    parser.add_argument("--version", action="version", version=f"attune {__version__}")
    _common(parser, suppress=False)
    parser.add_argument("--mic", type=Path, metavar="IN.wav", help="a sound file instead of the microphone")
    parser.add_argument("--speaker", type=wav_to_write, metavar="OUT.wav", help="a WAV file instead of the loudspeaker")
    parser.add_argument(
        "--events", type=Path, metavar="F.jsonl", help="write what happens, with the words heard, to this file"
    )
    parser.add_argument("--clock", metavar="TIME[ZONE]", help=CLOCK_HELP)
    _screen(parser, default=None)
    _room(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for add in (
        _demo,
        _type,
        _rehearse,
        _hear,
        _understand,
        _check,
        _scripts,
        _new,
        _history,
        _settings,
        _record,
        _welcome,
        _completion,
        _doctor,
        _model,
        _service,
        _rooms,
        _export,
        _forget,
    ):
        _common(add(commands), suppress=True)
    return parser


def _screen(parser: argparse.ArgumentParser, default: object) -> None:
    """Something to look at."""
    parser.add_argument(
        "--screen", nargs="?", choices=["full", "still", "lines"], const="full", default=default,
        help="a shape that breathes, the words and the time left; still: without motion; lines: for screen readers",
    )  # fmt: skip


def _room(parser: argparse.ArgumentParser) -> None:
    """A room in software, between the loudspeaker's file and the microphone's."""
    room = parser.add_argument_group("files only: the loudspeaker is heard by the microphone")
    room.add_argument("--room", type=Path, metavar="IR.flac", help="through this room's impulse response")
    room.add_argument("--echo", type=float, metavar="DB", help="so much louder than it was played; -6 is usual")
    room.add_argument(
        "--drift", type=_ppm, metavar="PPM", help="on a clock that is faster by so many parts in a million"
    )
    room.add_argument("--delay", type=_delay_ms, metavar="MS", help="so much later")


def _ppm(text: str) -> float:
    value = float(text)
    if abs(value) > 1000:
        raise argparse.ArgumentTypeError("clocks differ by at most 1000 parts in a million")
    return value


def _delay_ms(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1000:
        raise argparse.ArgumentTypeError("give 0 to 1000 milliseconds")
    return value


def _common(parser: argparse.ArgumentParser, *, suppress: bool) -> None:
    """Options that stand before or after the command; only the main parser sets defaults."""

    def default(value: object) -> object:
        return argparse.SUPPRESS if suppress else value

    parser.add_argument(
        "--engine", choices=["auto", "vosk", "whisper"], default=default("auto"), help="which recognizer"
    )
    parser.add_argument("--model", metavar="NAME|DIR", default=default(None), help="the recognizer's model")
    parser.add_argument("--voice", metavar="NAME", default=default(None), help="the synthesizer's voice")
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=folder_there,
        action="append",
        default=default([]),
        help="own scripts/ and intents/",
    )
    levels = ["debug", "info", "warning", "error"]
    parser.add_argument(
        "--log-level", choices=levels, default=default("warning"), help="how much is logged, never words"
    )


def _demo(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("demo", help="the first scene by itself, real recognizer and synthesizer")
    parser.add_argument(
        "-o",
        "--output",
        type=wav_to_write,
        default=Path("demo.wav"),
        metavar="demo.wav",
        help="left: the voice, right: Attune",
    )
    return parser


def _type(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        "type",
        help="the same conversation by keyboard, or by piped lines",
        epilog="Piped lines wait until words are awaited; a line '@12.5 stop' is given at that second.",
    )
    parser.add_argument(
        "--speaker",
        type=wav_to_write,
        metavar="OUT.wav",
        default=argparse.SUPPRESS,
        help="write the sound to this file",
    )
    parser.add_argument(
        "--events", type=Path, metavar="F.jsonl", default=argparse.SUPPRESS, help="write what happens to this file"
    )
    parser.add_argument("--clock", metavar="TIME[ZONE]", default=argparse.SUPPRESS, help=CLOCK_HELP)
    _screen(parser, default=argparse.SUPPRESS)
    return parser


def _rehearse(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("rehearse", help="play or render one practice; answers are silence")
    parser.add_argument("practice", metavar="SCRIPT", help="a practice's id, or a YAML file")
    parser.add_argument(
        "-o", "--output", type=wav_to_write, metavar="OUT.wav", help="render into this file instead of playing"
    )
    parser.add_argument("--fast", action="store_true", help="only print what would be said and when, at once")
    parser.add_argument("--timeline", type=Path, metavar="F.jsonl", help="write its cues and beats to this file")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="another value for one of its settings"
    )
    parser.add_argument(
        "--answer", action="append", default=[], metavar="WORDS", help="answer the next question with these words"
    )
    return parser


def _hear(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("hear", help="what would be understood of a recording; one JSON object each")
    parser.add_argument("recordings", nargs="+", type=Path, metavar="SOUND", help="a sound file: WAV, FLAC")
    _reading(parser)
    parser.add_argument("--expect", metavar='"yes,no,stop"', help="which of these it is, or none")
    return parser


def _understand(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("understand", help="text to intent and slots; one JSON object each")
    parser.add_argument("texts", nargs="+", metavar="TEXT")
    _reading(parser)
    return parser


def _reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--intents", type=Path, metavar="DIR", help="these sentence files instead of ours")
    parser.add_argument(
        "--state", choices=STATES, default="idle", metavar="NAME", help="the conversation's state; idle unless given"
    )
    parser.add_argument("--json", action="store_true", help="(always on) print JSON")


def _check(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("check", help="find what is wrong in scripts and intents, with file and line")
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="files or folders; all of them unless given"
    )
    parser.add_argument("--watch", action="store_true", help="again whenever one of them is saved, until Ctrl-C")
    return parser


def _scripts(commands: Commands) -> argparse.ArgumentParser:
    return commands.add_parser("scripts", help="every practice, its length and what to say")


def _new(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("new", help="a practice of your own to begin from")
    parser.add_argument("what", choices=["practice"])
    parser.add_argument("name", metavar="ID", help="small letters and hyphens, for example kitchen-breath")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where, instead of your own settings folder")
    return parser


def _doctor(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("doctor", help="what works on this machine, and what to do where it does not")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--sound", action="store_true", help="also play a soft chirp and listen for it")
    return parser


def _service(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("service", help="listen from login on, as a service of your own systemd")
    parser.add_argument("action", choices=["install", "remove", "status"])
    return parser


def _rooms(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("rooms", help="satellites in other rooms, and a service for Home Assistant (Wyoming)")
    parser.add_argument(
        "satellites", nargs="*", metavar="tcp://HOST:PORT", help="a satellite; else those of the settings"
    )
    parser.add_argument(
        "--satellites-cancel", action="store_true", help="they take Attune's own voice out of what they hear"
    )
    parser.add_argument("--serve", action="store_true", help="let other programs come in, at --uri")
    parser.add_argument(
        "--uri",
        default="tcp://127.0.0.1:10800",
        metavar="tcp://HOST:PORT",
        help="where; this machine only unless given",
    )
    parser.add_argument("--announce", action="store_true", help="tell the local network of it (zeroconf)")
    parser.add_argument(
        "--events", type=Path, metavar="F.jsonl", default=argparse.SUPPRESS, help="write what happens to this file"
    )
    return parser


def _export(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("export", help="what can be said, as files for another program")
    parser.add_argument("what", choices=["homeassistant"])
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", default=Path("homeassistant"), help="into this folder"
    )
    return parser


def _forget(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("forget", help="delete everything that Attune ever wrote, and say what")
    parser.add_argument("--yes", action="store_true", help="without being asked")
    return parser


def _history(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("history", help="what the two have done: a calendar, JSON, or one page")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="as JSON")
    shown.add_argument("--html", type=Path, metavar="FILE", help="as one page that needs no network")
    shown.add_argument("--clear", action="store_true", help="delete the journal and all numbers")
    return parser


def _completion(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("completion", help="what makes the shell complete attune's words, or its man page")
    parser.add_argument("shell", choices=["bash", "zsh", "tcsh", "man"], help="for example: attune completion bash")
    return parser


def _welcome(commands: Commands) -> argparse.ArgumentParser:
    return commands.add_parser("welcome", help="a first start by voice: finds devices, hears you, sets how loud it is")


def _record(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("record", help="a phrase of a practice in your own voice, from microphone or file")
    parser.add_argument("practice", nargs="?", metavar="PRACTICE", help="without a phrase: its phrases, numbered")
    parser.add_argument("phrase", nargs="?", metavar="PHRASE", help="its number, or its words")
    parser.add_argument("--from", dest="source", type=Path, metavar="WAV", help="a sound file, not the microphone")
    parser.add_argument("--list", action="store_true", help="what was recorded")
    parser.add_argument("--forget", action="store_true", help="delete the recording of this phrase")
    return parser


def _settings(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("settings", help="what can be set, what it is, and setting it")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")
    parser.set_defaults(json=False)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="all of them, with range, default and one sentence each")
    for name, what in (("get", "what one is set to"), ("reset", "one back to its default"), ("set", "set one")):
        action = actions.add_parser(name, help=what)
        action.add_argument("key", metavar="KEY")
        if name == "set":
            action.add_argument("value", metavar="VALUE", help="as it would stand in the file")
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="as JSON")
    return parser


def _model(commands: Commands) -> argparse.ArgumentParser:
    parser = commands.add_parser("model", help="list, fetch and choose recognizer models")
    parser.add_argument("action", choices=["list", "get", "use"])
    parser.add_argument("name", nargs="?", metavar="NAME")
    return parser
