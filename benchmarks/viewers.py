"""Twenty people look at a million events while five hundred more arrive each second, in one process.

Viewers are bare WebSocket clients that do what Streamlit's front end does: they ask for a page, run its timers, and
choose another country now and then. When all have left, what their sessions held must be free within a minute: the
process then holds hardly more than another one that showed as many events, for as long, to one viewer.
"""

import argparse
import asyncio
import math
import os
import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import requests
import timing
import traffic
import websockets
from busy import store_dump
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser import start
from tests.events_of import received

PAGES = ("", "response_times", "messages", "agents", "waiting_now")
COUNTRIES = ("", "&country=KE", "&country=UG", "&country=TZ")
BATCH = 50
LEFT_SECONDS = 60


@dataclass
class Seen:
    """What viewers saw: how long runs of whole pages and of parts took, in seconds."""

    pages: list[float] = field(default_factory=list)
    parts: list[float] = field(default_factory=list)


class Viewer:
    """One browser tab."""

    def __init__(self, address: str, number: int, seen: Seen) -> None:
        self._address = address.replace("http", "ws") + "/_stcore/stream"
        self._name, self._page = PAGES[number % len(PAGES)], ""
        self._seen = seen
        self._choose = random.Random(number)  # noqa: S311
        self._timers: dict[str, float] = {}
        self._query = "period=all"

    async def look(self, seconds: float, after: float = 0) -> None:
        """Look at a page for some seconds, from some seconds on."""
        await asyncio.sleep(after)
        until, next_choice = time.monotonic() + seconds, time.monotonic() + self._choose.uniform(5, 15)
        async with websockets.connect(self._address, subprotocols=["streamlit"], max_size=None) as socket:
            timers = asyncio.create_task(self._run_timers(socket))
            await self._ask(socket)
            began, asked = time.monotonic(), {}
            while time.monotonic() < until:
                try:
                    raw = await asyncio.wait_for(socket.recv(), 1)
                except TimeoutError:
                    raw = b""
                message = ForwardMsg.FromString(raw)
                kind = message.WhichOneof("type")
                if kind == "new_session":
                    began, asked = time.monotonic(), {}
                elif kind == "navigation":
                    self._page = message.navigation.page_script_hash
                elif kind == "auto_rerun":
                    asked[message.auto_rerun.fragment_id] = message.auto_rerun.interval
                elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self._seen.pages.append(time.monotonic() - began)
                    self._timers = asked
                elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    self._seen.parts.append(time.monotonic() - began)
                if time.monotonic() > next_choice:
                    next_choice += self._choose.uniform(10, 30)
                    self._query = "period=all" + self._choose.choice(COUNTRIES)
                    await self._ask(socket)
            timers.cancel()

    async def _ask(self, socket: websockets.ClientConnection, part: str = "") -> None:
        page = {"query_string": self._query, "page_name": self._name, "page_script_hash": self._page}
        run = {**page, "fragment_id": part, "is_auto_rerun": bool(part)}
        await socket.send(BackMsg(rerun_script=run).SerializeToString())

    async def _run_timers(self, socket: websockets.ClientConnection) -> None:
        due: dict[str, float] = {}
        while True:
            await asyncio.sleep(0.1)
            now = time.monotonic()
            due = {part: due.get(part, now + interval) for part, interval in self._timers.items()}
            for part in [part for part, at in due.items() if at <= now]:
                due[part] = now + self._timers[part]
                await self._ask(socket, part)


class Load:
    """Posts so many events a second, and counts those that were kept."""

    def __init__(self, address: str, key: str, rate: int) -> None:
        self._url, self._key, self._rate = f"{address}/v1/capture", key, rate
        self.kept = 0
        self.slowest = 0.0
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._post, args=(number,)) for number in range(4)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _post(self, number: int) -> None:
        with requests.Session() as session:
            turn, next_time = 0, time.monotonic()
            began_at = next_time
            while not self._stopped.is_set():
                names = [f"viewers {began_at} {number} {turn} {place}" for place in range(BATCH)]
                at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
                batch = {"batch": [received(at, name, user=f"+2547{hash(name) % 10**8:08}") for name in names]}
                began = time.monotonic()
                answer = session.post(self._url, json=batch, headers={"X-Write-Key": self._key}, timeout=60)
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.kept += answer.json()["accepted"]
                turn, next_time = turn + 1, next_time + BATCH * len(self._threads) / self._rate
                self._stopped.wait(max(0.0, next_time - time.monotonic()))


def anonymous_memory(process: int) -> int:
    """Return the bytes of a process that belong to no file."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) * 1024


def only_child() -> int:
    """Return the one process that this one has started."""
    (child,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return int(child)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else math.nan


async def look(address: str, viewers: int, seconds: float) -> Seen:
    seen = Seen()
    tabs = [Viewer(address, number, seen) for number in range(viewers)]
    await asyncio.gather(*(tab.look(seconds - number, number) for number, tab in enumerate(tabs)))  # one a second
    return seen


@dataclass(frozen=True)
class Watched:
    """What viewers saw, and what became of the process: events kept a second, its memory in bytes."""

    seen: Seen
    rate: float
    slowest_post: float
    memory: int
    memory_left: int


def watch(dump: Path, options: argparse.Namespace, viewers: int) -> Watched:
    """Have viewers look at a fresh process with the events of a dump, while more arrive; wait until all are gone."""
    with TemporaryDirectory() as folder:
        url = f"duckdb:///{folder}/events.duckdb"
        key = store_dump(url, dump)
        with start.app(environment={"ANALYTICS_STORE_URL": url}) as address:
            process, began = only_child(), time.monotonic()
            with Load(address, key, options.rate) as load:
                seen = asyncio.run(look(address, viewers, 60 * options.minutes))
            rate = load.kept / (time.monotonic() - began)
            memory = anonymous_memory(process)
            time.sleep(1 if options.small else LEFT_SECONDS)
            return Watched(seen, rate, load.slowest, memory, anonymous_memory(process))


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=1, help="how many events are stored before")
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--rate", type=int, default=500, help="events a second")
    parser.add_argument("--minutes", type=float, default=10)
    options = traffic.parse(parser, millions=0.01, viewers=3, minutes=0.1)
    timing.machine()
    dump = traffic.dump(options.cache, traffic.count(options.millions))
    many = watch(dump, options, options.viewers)
    p50, p95 = percentile(many.seen.pages, 0.5), percentile(many.seen.pages, 0.95)
    print(f"whole pages: {len(many.seen.pages)} runs, median {p50:.2f} s, p95 {p95:.2f} s")
    print(f"parts of pages: {len(many.seen.parts)} runs, p95 {percentile(many.seen.parts, 0.95):.2f} s")
    print(f"slowest post: {many.slowest_post:.2f} s")
    timing.promise(f"intake ≥ {options.rate} events/s: {many.rate:,.0f}", kept=many.rate >= 0.99 * options.rate)
    timing.promise(f"whole pages, p95 ≤ 2 s: {p95:.2f} s", kept=p95 <= 2)
    one = watch(dump, options, 1)
    for name, watched in {"one viewer": one, f"{options.viewers} viewers": many}.items():
        print(f"RssAnon, {name}: {watched.memory / 2**20:,.0f} MB, gone {watched.memory_left / 2**20:,.0f} MB")
    held = many.memory_left / one.memory_left
    timing.promise(f"memory once all have left ≤ 1.2 × that after one viewer: {held:.2f}", kept=held <= 1.2)


if __name__ == "__main__":
    main()
