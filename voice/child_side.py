"""A child process's own side: it makes one object, and answers questions about it until its input ends."""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from typing import IO

from voice.errors import AttuneError
from voice.memory import give_back, one_heap

READY = 0
"""The number of the reply that says how the factory went; questions count from 1."""
PING = -1
"""The number of a question that is answered at once, whatever the object is doing."""
RESTS_AFTER_S = 5.0
"""Seconds without a question after which there is time to give memory back; a turn of speech has no such gap."""
Question = tuple[int, str, tuple[object, ...]]
"""Number, method, arguments."""


def serve() -> None:
    """The child's whole life: make the object, then answer questions until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    one_heap()
    # MKL keeps what it worked in, 30 MB with both of Whisper's models, and is no faster for it (0.25 s a turn).
    os.environ.setdefault("MKL_DISABLE_FAST_MM", "1")
    with contextlib.suppress(OSError, AttributeError):  # the parent may hurry; its engines must not crowd it out
        os.setpriority(os.PRIO_PROCESS, 0, max(0, os.getpriority(os.PRIO_PROCESS, 0)))
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # native libraries print to standard output, which is our pipe
    os.close(nowhere)
    questions: queue.SimpleQueue[Question] = queue.SimpleQueue()
    factory, args = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_listen, args=(questions, replies), daemon=True).start()
    made = _reply(replies, READY, lambda: _make(factory, args), silent=True)
    give_back()
    while True:
        number, method, given = _next(questions, made)
        _reply(replies, number, partial(_ask, made, method, given))


def _next(questions: queue.SimpleQueue[Question], made: object) -> Question:
    """The next question; while none comes for a while, an object that can ``rest`` does, and what the last ones took is
    given back."""
    try:
        return questions.get(timeout=RESTS_AFTER_S)
    except queue.Empty:
        if hasattr(made, "rest"):
            made.rest()
        give_back()
        return questions.get()


def _make(factory: str, args: tuple[object, ...]) -> object:
    module, name = factory.split(":")
    return getattr(importlib.import_module(module), name)(*args)


def _ask(made: object, method: str, args: tuple[object, ...]) -> object:
    return getattr(made, method)(*args)


def _reply(replies: IO[bytes], number: int, work: Callable[[], object], silent: bool = False) -> object:
    """Do the work and send what came of it (only that it is done, if ``silent``); returns the result."""
    result: object = None
    try:
        result = work()
        reply: tuple[int, str, object] = (number, "value", None if silent else result)
    except AttuneError as error:
        kind = type(error)
        reply = (number, "refusal", (kind.__module__, kind.__qualname__, error.args, dict(error.__dict__)))
    except Exception:
        reply = (number, "bug", traceback.format_exc())
    _answer(replies, reply)
    return result


_ANSWERING = threading.Lock()


def _answer(replies: IO[bytes], reply: object) -> None:
    with _ANSWERING:
        pickle.dump(reply, replies, protocol=pickle.HIGHEST_PROTOCOL)
        replies.flush()


def _listen(questions: queue.SimpleQueue[Question], replies: IO[bytes]) -> None:
    """Read questions; at the end of the input leave at once, whatever native code is doing.

    Whatever else ends the reading ends the process too: nobody could ask it anything any more.
    """
    try:
        while True:
            question = pickle.load(sys.stdin.buffer)
            if question[0] == PING:
                _answer(replies, (PING, "value", None))
            else:
                questions.put(question)
    except (EOFError, OSError, pickle.UnpicklingError):
        pass  # the parent is gone, maybe in the middle of a question
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(0)
