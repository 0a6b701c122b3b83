"""The kinds of wait in the words of the screen, and which of them a page shows first."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.facts import waits
from analytics.metrics.metric import Result


@dataclass(frozen=True)
class Wait:
    """A kind of wait: its code among the facts, its name, what is waited for, and the verb of those who got it."""

    kind: int
    name: str
    awaited: str
    reached: str

    def of(self, numbers: Mapping[str, Result]) -> Result:
        """Return the numbers of this kind of wait from the numbers of all metrics."""
        response_time = numbers["response_time"]
        found: Result = response_time["human"] if self.kind == waits.HUMAN else response_time
        return found


PERSON = Wait(waits.HUMAN, "Wait for a person", "a person", "reached an agent")
REPLY = Wait(waits.CUSTOMER, "Customer wait (any reply)", "a reply", "got a reply")
MESSAGE = Wait(waits.EVERY_MESSAGE, "Every message", "a reply", "got a reply")
ASSIGNMENT = Wait(
    waits.ASSIGNMENT, "From assignment to first reply", "the agent’s first reply", "got the agent’s first reply"
)


def leading_wait(numbers: Mapping[str, Result]) -> Wait:
    """Return the wait for a person if one was answered or still runs; otherwise the wait for any reply."""
    human = PERSON.of(numbers)
    return PERSON if human["answered"] or human["waiting"] else REPLY
