"""Runs where Open Voice OS's packages are: loads the skill by its entry point, and asks it over the real message bus.

Prints one JSON object: what came back for each text given as an argument.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

from ovos_bus_client import Message, MessageBusClient
from ovos_plugin_manager.skills import find_skill_plugins

SKILL = "attune.guide"
WAIT_S = 15.0


def connected() -> Any:
    """A client of the bus; waits until the bus is there."""
    client = MessageBusClient()
    client.run_in_thread()
    assert client.connected_event.wait(WAIT_S)
    return client


def ask(bus: Any, text: str) -> dict[str, Any]:
    """As the core does: who can answer this, and then the request."""
    heard: list[Message] = []
    over, ponged, answered = threading.Event(), threading.Event(), threading.Event()

    def pong(message: Message) -> None:
        heard.append(message)
        ponged.set()

    def take(message: Message) -> None:
        heard.append(message)
        answered.set()

    def end(message: Message) -> None:
        heard.append(message)
        over.set()

    listening = {"ovos.skills.fallback.pong": pong, "speak": take, "mycroft.audio.queue": take,
                 f"ovos.skills.fallback.{SKILL}.response": end}  # fmt: skip
    for name, handler in listening.items():
        bus.on(name, handler)
    said = {"utterances": [text], "lang": "en-US"}
    bus.emit(Message("ovos.skills.fallback.ping", said))
    assert ponged.wait(WAIT_S)
    bus.emit(Message(f"ovos.skills.fallback.{SKILL}.request", said))
    assert over.wait(WAIT_S)
    if any(message.data.get("result") for message in heard):
        assert answered.wait(WAIT_S)
    for name, handler in listening.items():
        bus.remove(name, handler)
    return {message.msg_type: message.data for message in heard}


def main() -> None:
    """Load, ask, print."""
    skill = find_skill_plugins()[SKILL](bus=connected(), skill_id=SKILL)
    bus = connected()
    answers = {text: ask(bus, text) for text in sys.argv[1:]}
    seconds = {}
    for text, answer in answers.items():
        if path := answer.get("mycroft.audio.queue", {}).get("uri"):
            import wave

            with wave.open(path) as file:
                seconds[text] = file.getnframes() / file.getframerate()
    print("ANSWERS" + json.dumps({"answers": answers, "seconds": seconds}))
    sys.stdout.flush()
    skill.default_shutdown()


if __name__ == "__main__":
    main()
    import os

    os._exit(0)  # the bus's threads have no end of their own
