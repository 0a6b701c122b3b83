"""The kinds of wait in the words of the screen, and which of them a page shows first."""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.facts.facts import Facts
from analytics.facts.waits import CUSTOMER, EVERY_MESSAGE, HUMAN
from analytics.metrics.metric import Result
from analytics.metrics.selection import Selection
from analytics.metrics.waiting import count_running


@dataclass(frozen=True)
class Wait:
    """A kind of wait: its code among the facts, its name, and what is waited for."""

    kind: int
    name: str
    awaited: str

    def of(self, numbers: Mapping[str, Result]) -> Result:
        """Return the numbers of this kind of wait from the numbers of all metrics."""
        response_time = numbers["response_time"]
        found: Result = response_time["human"] if self.kind == HUMAN else response_time
        return found


PERSON = Wait(HUMAN, "Wait for a person", "a person")
REPLY = Wait(CUSTOMER, "Customer wait (any reply)", "a reply")
MESSAGE = Wait(EVERY_MESSAGE, "Every message", "a reply")


def leading_wait(numbers: Mapping[str, Result]) -> Wait:
    """Return the wait for a person if one was answered or still runs; otherwise the wait for any reply."""
    human = PERSON.of(numbers)
    return PERSON if human["answered"] or human["waiting"] else REPLY


def count_waiting_now(selection: Selection) -> tuple[Wait, int]:
    """Return the kind of wait that is shown as "now", and how many customers are in it, whenever it began."""
    wait = usual_wait(selection.facts)
    return wait, count_running(selection, wait.kind)


def usual_wait(facts: Facts) -> Wait:
    """Return the wait for a person if the data hold any, whatever the filter; otherwise the wait for any reply."""
    return PERSON if (facts.waits.cells.table["kind"] == HUMAN).any() else REPLY
