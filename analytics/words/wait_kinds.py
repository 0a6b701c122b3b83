"""The two kinds of waiting in the words of the screen, and which of them leads."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.facts.facts import Facts
from analytics.facts.waits import CUSTOMER, EVERY_MESSAGE, HUMAN
from analytics.metrics.metric import Result
from analytics.metrics.selection import Selection
from analytics.metrics.waiting import running


@dataclass(frozen=True)
class Wait:
    """A kind of wait: its code among the facts, its name, and what is waited for."""

    kind: int
    name: str
    awaited: str

    def of(self, numbers: Mapping[str, Result]) -> Result:
        """Return the numbers of these waits among those of all metrics."""
        response_time = numbers["response_time"]
        found: Result = response_time["human"] if self.kind == HUMAN else response_time
        return found


PERSON = Wait(HUMAN, "Wait for a person", "a person")
REPLY = Wait(CUSTOMER, "Customer wait (any reply)", "a reply")
MESSAGE = Wait(EVERY_MESSAGE, "Every message", "a reply")


def leading(numbers: Mapping[str, Result]) -> Wait:
    """Return the waits for a person where one was answered or still runs, else those for any reply."""
    human = PERSON.of(numbers)
    return PERSON if human["answered"] or human["waiting"] else REPLY


def now(selection: Selection) -> tuple[Wait, int]:
    """Return which wait is the one that people wait in now, and how many do, whenever they began to."""
    wait = usual(selection.facts)
    return wait, running(selection, wait.kind)


def usual(facts: Facts) -> Wait:
    """Return the waits for a person where the data hold any, whatever is chosen; else those for any reply."""
    return PERSON if (facts.waits.cells.table["kind"] == HUMAN).any() else REPLY
