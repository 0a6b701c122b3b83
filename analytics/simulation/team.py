"""Who answers: the people of the team, and how long each takes."""

import numpy as np

from analytics.simulation.audience import Ints
from analytics.simulation.row import AGENTS

_SECOND, _MINUTE, _HOUR = 1_000, 60_000, 3_600_000


class Team:
    """The people who answer: some get more to do than others, some are slower, all are at night."""

    _UTC_OFFSET = 3  # the office is in Nairobi
    _SLOWNESS = np.array([7, 8, 8, 8, 7, 6, 4, 2, 1, 1, 1, 1, 1.2, 1.5, 1.2, 1, 1, 1.2, 2, 2.5, 3, 4, 5, 6])

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        load = 1 / np.arange(4, AGENTS + 4)
        self._load = (load / load.sum()).cumsum()
        self._median = rng.lognormal(np.log(5 * _MINUTE), 0.55, AGENTS + 1)

    def members(self, count: int) -> Ints:
        """Return `count` agents, from 1 on, each as often as its load."""
        drawn = self._load.searchsorted(self._rng.random(count))
        members: Ints = 1 + np.minimum(drawn, AGENTS - 1).astype(np.int64)
        return members

    def delays(self, agents: Ints, now: Ints) -> Ints:
        """Return how long each of `agents` takes to reply to a message of `now`, in ms, at most 16 h."""
        slowness = self._SLOWNESS[(now // _HOUR + self._UTC_OFFSET) % 24]
        wait = self._median[agents] * slowness * self._rng.lognormal(0, 1.05, len(agents))
        delays: Ints = wait.clip(5 * _SECOND, 16 * _HOUR).astype(np.int64)
        return delays
