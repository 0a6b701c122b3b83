"""A messy table of messages into the event frame, against a clean one of the same messages.

The messy one is what help desks export: texts and notes, times as a spreadsheet writes them, countries by their names,
bots among the agents, and cells that say in many ways that they say nothing.
"""

import csv
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import timing
import traffic

from analytics import read_dump, validate
from analytics.events.contract import Assumptions

Style = Literal["clean", "messy"]

NOTHING = ("", "-", "–", "N/A", "n/a", "null", "none", "nan", "#N/A")
HEADER = ("Sent At", "Phone", "Direction", "Status", "Delivered At", "Read At", "Agent", "Country")
WORDS = (
    "hello",
    "thanks",
    "order",
    "when",
    "where",
    "please",
    "delivery",
    "refund",
    "price",
    "open",
    "today",
    "invoice",
)
AGENTS = ("Ana", "Ben", "Carl", "Chatbot", "System")
COUNTRIES = {"KE": ("Kenya", "254", "KEN"), "UG": ("Uganda", "256", "UGA")}


def exported(cache: Path, rows: int, style: Style) -> Path:
    """Return a table of messages with about 50,000 customers; it is written first where it is missing."""
    path = cache / f"messages_{rows}_{style}.csv"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*HEADER, *(("Message", "Notes") if style == "messy" else ())])
            writer.writerows(messages(rows, style))
        unfinished.rename(path)
    return path


def messages(rows: int, style: Style) -> Iterator[list[str]]:
    """Yield the same messages in either style."""
    chance, looks = random.Random(1), random.Random(2)  # noqa: S311  # the same tables each time
    for number in range(rows):
        sent = datetime(2026, 1, 13, tzinfo=UTC) + timedelta(seconds=5 * number)
        inbound = chance.random() < 0.5
        status = "" if inbound else chance.choice(("Sent", "Delivered", "Read", "Failed"))
        times = [
            sent + timedelta(seconds=after) if status in known and chance.random() < 0.7 else None
            for after, known in ((9, ("Delivered", "Read")), (99, ("Read",)))
        ]
        customer, agent = f"+2547{chance.randrange(50_000):08}", "" if inbound else chance.choice(AGENTS)
        country, direction = chance.choice(("KE", "UG", "")), "incoming" if inbound else "outgoing"
        if style == "clean":
            clean = [f"{time:%Y-%m-%dT%H:%M:%SZ}" if time else "" for time in (sent, *times)]
            yield [clean[0], customer, direction, status, *clean[1:], agent, country]
            continue
        when = [f"{time.day}/{time.month}/{time.year} {time:%I:%M:%S %p}" if time else "" for time in (sent, *times)]
        country = looks.choice(COUNTRIES[country]) if country else ""
        text = " ".join(looks.choices(WORDS, k=looks.randrange(1, 12)))
        cells = [when[0], customer, direction, status, *when[1:], agent, country]
        cells += [
            f"{text}, “{text[:5]}”?" if looks.random() < 0.1 else text,
            text[::-1] if looks.random() < 0.2 else "",
        ]
        yield [cell or looks.choice(NOTHING) for cell in cells]


def read(path: Path) -> int:
    """Return how many events a table gives."""
    found = validate(read_dump(path), Assumptions(zone=UTC))
    assert not found.rejected, found.rejected[0]
    return len(found.events)


def main() -> None:
    parser = traffic.arguments(__doc__)
    parser.add_argument("--millions", type=float, default=1, help="how many rows")
    options = traffic.parse(parser, millions=0.01)
    timing.machine()
    rows = traffic.count(options.millions)
    clean, messy = (exported(options.cache, rows, style) for style in ("clean", "messy"))
    assert read(clean) == read(messy)
    found = timing.take_turns(
        {"a clean table": lambda: read(clean), "a messy one": lambda: read(messy)}, options.rounds
    )
    timing.show(found, "a clean table")
    before, after = (timings.seconds for timings in found.values())
    timing.promise(f"a messy table ≤ 1.3 × a clean one: {after / before:.2f}", kept=after <= 1.3 * before)


if __name__ == "__main__":
    main()
