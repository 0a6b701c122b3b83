"""Rules: the settings under which facts are made."""

from dataclasses import dataclass
from datetime import timedelta

FOUND = "found"
"""The start mode is what the events say."""


@dataclass(frozen=True)
class Rules:
    """Settings under which facts are made.

    `start_mode` is `bot`, `agent` or `FOUND`. Where `assignments_route`, an assignment names the agent, but sets no
    mode and begins no wait. `bots` are agents that are bots. A solved conversation whose customer does not come back
    within `stay` stayed solved.
    """

    start_mode: str = FOUND
    silence: timedelta = timedelta(hours=24)
    never_answered: timedelta = timedelta(hours=72)
    reply_window: timedelta = timedelta(hours=24)
    stay: timedelta = timedelta(days=7)
    assignments_route: bool = False
    bots: tuple[str, ...] = ()
    include_test: bool = False

    @property
    def longest_silence(self) -> timedelta:
        """The time without an event that ends any conversation."""
        return max(self.silence, self.never_answered)
