"""`python -m tests.live.outages`: what senders, watchers and viewers see while the store is away, by the clock.

PostgreSQL is stopped for 30 s, frozen for 60 s, has its table of events held for 35 s, and all its connections taken
for 35 s; the disk of an embedded store is full for 30 s. Meanwhile an event is posted ten times a second, health is
asked four times a second, and a tab is open.
"""

import contextlib
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests

from analytics.store.event_store import open_store_at
from tests.browser import start
from tests.events_of import received
from tests.full_disk import full, small_disk
from tests.postgres import Postgres
from tests.tab import open_tab

CALM_SECONDS = 6.0
AFTER_SECONDS = 20.0
DISK_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Answer:
    """When something was asked, how long the answer took (seconds), and what it was."""

    at: float
    seconds: float
    status: int
    text: str


@dataclass
class Asking:
    """Asks again and again, in a thread of its own, and keeps the answers."""

    ask: Callable[[int], requests.Response]
    pause: float
    answers: list[Answer] = field(default_factory=list)

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        stopped = threading.Event()

        def go_on() -> None:
            number = 0
            while not stopped.wait(self.pause):
                at, number = time.monotonic(), number + 1
                answer = self.ask(number)
                self.answers.append(Answer(at, time.monotonic() - at, answer.status_code, answer.text))

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def between(self, first: float, last: float) -> list[Answer]:
        return [answer for answer in self.answers if first <= answer.at < last]


def watch(name: str, url: str, seconds: float, outage: Callable[[], contextlib.AbstractContextManager[None]]) -> None:
    """Have an outage for some seconds, and say what was seen."""
    with contextlib.closing(open_store_at(url)) as store:
        key = store.keys.create("crm", "shop")
    with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:
        headers = {"X-Write-Key": key}

        def post(number: int) -> requests.Response:
            event = received("06:30", f"m{number}", chat=f"chat {number}")
            return requests.post(f"{address}/v1/capture", json={"batch": [event]}, headers=headers, timeout=120)

        posts = Asking(post, 0.1)
        health = Asking(lambda _: requests.get(f"{address}/v1/health", timeout=120), 0.25)
        with posts.going_on(), health.going_on(), open_tab(address) as tab:
            tab.look(CALM_SECONDS)
            began = time.monotonic()
            with outage():
                tab.look(seconds)
                said = tab.alerts
            over = time.monotonic()
            known = tab.numbers["Conversations"][-1]
            came_back = None
            while time.monotonic() < over + AFTER_SECONDS:
                tab.look(0.2)
                if came_back is None and not tab.alerts and tab.numbers["Conversations"][-1] != known:
                    came_back = time.monotonic() - over
    with contextlib.closing(open_store_at(url)) as store:
        (project,) = store.projects()
        stored = list(store.events(project.id).events["message_id"])
    _say(f"{name}, {over - began:.0f} s")
    for what, asked in (("posts", posts), ("health", health)):
        during = asked.between(began, over)
        statuses = sorted({answer.status for answer in during})
        slowest = max((answer.seconds for answer in during), default=0)
        good = next((answer for answer in asked.answers if answer.at >= over - 5 and answer.status == 200
                     and answer.at + answer.seconds >= over), None)  # fmt: skip
        again = f"{max(0, good.at + good.seconds - over):.1f} s" if good else "never"
        _say(f"  {what}: {statuses}, slowest {slowest:.1f} s; 200 again after {again}")
        _say(f"    {next((answer.text for answer in during if answer.status != 200), 'no error')[:160]}")
    _say(f"  the page said: {(said or ['nothing'])[0][:160]}")
    _say(f"    and went on after {came_back:.1f} s" if came_back else "    and did not go on")
    accepted = [place for place, answer in enumerate(posts.answers, 1) if answer.status == 200]
    lost = {f"m{number}" for number in accepted} - set(stored)
    _say(f"  {len(accepted)} acknowledged, {len(lost)} lost, {len(stored) - len(set(stored))} twice\n")


@contextlib.contextmanager
def held(url: str) -> Iterator[None]:
    """Hold a lock that every post waits for, while reading goes on."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
        yield


@contextlib.contextmanager
def taken(url: str) -> Iterator[None]:
    """Take every connection that the server has, those of the app too."""
    with contextlib.ExitStack() as ours:
        first = ours.enter_context(psycopg.connect(url, autocommit=True))
        pids = [first.info.backend_pid]
        others = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND NOT pid = ANY(%s)"
        free = True
        while free or first.execute(others, [pids]).fetchall():
            first.execute(f"SELECT pg_terminate_backend(pid) FROM ({others})", [pids])
            try:
                pids.append(ours.enter_context(psycopg.connect(url, autocommit=True)).info.backend_pid)
                free = True
            except psycopg.OperationalError:
                free = False
        yield


@contextlib.contextmanager
def between(away: Callable[[], None], back: Callable[[], None]) -> Iterator[None]:
    away()
    try:
        yield
    finally:
        back()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Have one outage after the other."""
    server = Postgres()
    try:
        watch("PostgreSQL stopped", server.new_database(), 30, lambda: between(server.stop, server.start))
        watch("PostgreSQL frozen", server.new_database(), 60, lambda: between(server.freeze, server.thaw))
        url = server.new_database()
        watch("table held", url, 35, lambda: held(url))
        url = server.new_database()
        watch("connections taken", url, 35, lambda: taken(url))
    finally:
        server.close()
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name), DISK_BYTES) as folder:
        watch("disk full", f"duckdb:///{folder}/events.duckdb", 30, lambda: full(folder))


if __name__ == "__main__":
    main()
