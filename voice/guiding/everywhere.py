"""What can be said everywhere, and the sentence that answers it: names of responses in ``intents/responses.yaml``."""

from __future__ import annotations

BESIDE = {
    "what-can-i-say": "WhatCanISay",
    "not-me": "NotMe",
    "let-me-finish": "LetMeFinish",
    "im-back": "WelcomeBack",
    "help-me-wait": "HelpMeWait",
    "listening": "Listening",
    "recording": "Recording",
    "who-hears": "WhoHears",
    "who-to-call": "WhoToCall",
    "for-us": "ForUs",
    "hard-of-hearing": "PressTheirHand",
    "timer:written-down": "WrittenDown",
    "deaf": "CannotHear",
}
"""Controls answered beside the practice, which then goes on."""

APART = ("help-me-wait", "im-back")
"""While nothing runs these are answered only in a time-out."""

KEPT = ("when-do-we-meet", "what-promised", "what-kept", "forget-that", "about")
"""Those that the store answers; ``about`` is a wish about what a practice keeps."""

TRUST = (
    "listening",
    "recording",
    "who-hears",
    "who-to-call",
    "for-us",
    "hard-of-hearing",
)
"""Those that are answered also while nothing runs."""

BODILY = ("cant-breathe", "chest-hurts")
"""Words of the body that are words of danger."""

CANNOT_GO_ON = "CannotGoOn"
"""The intent of "I can't go on": a time-out, but after words of danger it is answered as they were."""

ENDING = {
    "not-ready": "NotReady",
    "kids-here": "LaterThen",
    "guests": "LaterThen",
    "not-now": "LaterThen",
    "dizzy": "NoCounting",
    "worse": "NoCounting",
    "cant-keep-up": "NoCounting",
    "cant-breathe": "NoCountingAndCall",
    "chest-hurts": "NoCountingAndCall",
    "safety:self": "SafetySelf",
    "safety:other": "TalkClosing",
    "safety:medical": "CallNow",
}
"""What ends a practice with one sentence. Danger from the other is answered by exactly the sentence that closes every
finished talk practice, so that nothing shows what was heard."""

QUIET_ENDING = ("stop", "cancel", "not-helping")
"""What ends a practice without a word."""
