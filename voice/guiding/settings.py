"""What the two have told Attune about themselves, as far as guiding uses it."""

from __future__ import annotations

from dataclasses import dataclass

from voice.guiding.responses import Responses
from voice.guiding.walk import Turns


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything may be left out."""

    names: tuple[str, str] | None = None
    """What the two are called; who begins then alternates."""
    country: str | None = None
    """Two letters (ISO 3166), for the numbers to call."""

    numbers: bool = False
    """Whether "how tense are you" may be asked, from one to ten."""

    def invitations(self, responses: Responses, begun: int) -> Turns:
        """What is said before each person's part; ``begun`` counts practices, so that who begins alternates."""
        if self.names is None:
            return responses.get("EachBegins"), responses.get("EachThen")
        first, second = self.names if begun % 2 == 0 else self.names[::-1]
        begins = responses.get("EachBegins", "named").replace("{name}", first)
        return begins, responses.get("EachThen", "named").replace("{name}", second)

    def whom_to_call(self, responses: Responses) -> str:
        """Whom to call; of a country whose numbers we lack only the emergency, without one also how to set it."""
        known = self.country in responses.all("CrisisNumber")
        key = "default" if known else "unknown" if self.country else "unset"
        return self.with_numbers(responses.get("WhoToCall", key), responses)

    def with_numbers(self, text: str, responses: Responses) -> str:
        """A sentence with the numbers of the country put in, or "your emergency number"."""
        for hole, intent in (("{emergency}", "EmergencyNumber"), ("{crisis}", "CrisisNumber")):
            text = text.replace(hole, responses.get(intent, self.country or "default"))
        return text
