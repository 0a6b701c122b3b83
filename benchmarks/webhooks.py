"""How fast payloads of WhatsApp are taken: signed, verified, adapted and durable; of 1,000 statuses, and of one.

Needs `wrk` (Debian: `apt-get install wrk`).
"""

import json
import re
import subprocess
import time
from argparse import Namespace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import traffic
from collector import HERE, Server, served, stored
from collector_server import SECRET
from timing import machine, promise

from analytics.events.adapters.signatures import sign

BEGIN = 1_768_890_600
THREADS = 2
MANY = 1_000
_REST_SECONDS = 0.5
NAMES = ("sent", "delivered", "read")


def main() -> None:
    options = _options()
    machine()
    options.cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=options.cache) as folder, served(Path(folder)) as server:
        print(f"{'statuses a payload':>20} {'payloads/s':>12} {'statuses/s':>12} {'seconds':>8}")
        bulk = _measure(server, Path(folder), MANY, options.bulk, options)
        single = _measure(server, Path(folder), 1, options.single, options)
    promise(f"payloads of {MANY:,} statuses: at least 20,000 durable statuses/s: {bulk:,.0f}", kept=bulk >= 20_000)
    promise(f"payloads of one status: at least 1,000 durable payloads/s: {single:,.0f}", kept=single >= 1_000)


def _options() -> Namespace:
    parser = traffic.arguments(__doc__, rounds=3)
    parser.add_argument("--seconds", type=int, default=8, help="how long each time")
    parser.add_argument("--bulk", type=int, default=500, help="payloads of many statuses each time")
    parser.add_argument("--single", type=int, default=30_000, help="payloads of one status each time")
    return traffic.parse(parser, needs=("wrk",), seconds=2, bulk=10, single=400)


def _measure(server: Server, folder: Path, statuses: int, payloads: int, options: Namespace) -> float:
    """Return how many new statuses were stored a second, the median of all rounds."""
    rates = []
    for number in range(options.rounds):
        file = folder / "payloads"
        _write_payloads(file, statuses, payloads, f"{statuses}.{number}")
        before, began = stored(server), time.perf_counter()
        said = subprocess.run(
            ["wrk", f"-t{THREADS}", "-c32", f"-d{options.seconds}s", "--timeout", "30s", "-s", HERE / "webhooks.lua",
             f"{server.address}/v1/webhooks/{server.hook_id}", "--", file, str(THREADS)],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        after, seconds = _wait_until_stored(server, began)
        if failed := re.search(r"Non-2xx or 3xx responses: (\d+)", said):
            raise RuntimeError(f"{failed[1]} payloads were not taken")
        if after - before >= statuses * payloads:
            print("all payloads were stored before the time was over: ask for more of them")
        rates.append((after - before) / seconds)
        print(f"{statuses:>20,} {rates[-1] / statuses:12,.0f} {rates[-1]:12,.0f} {seconds:8.1f}")
    return median(rates)


def _wait_until_stored(server: Server, began: float) -> tuple[int, float]:
    """Return how much is stored once nothing waits any more, and after how many seconds that was."""
    count, seconds = stored(server), time.perf_counter() - began
    while True:
        time.sleep(_REST_SECONDS)
        if (now := stored(server)) == count:
            return count, seconds
        count, seconds = now, time.perf_counter() - began


def _write_payloads(file: Path, statuses: int, payloads: int, run: str) -> None:
    """Write signed payloads of statuses that nobody sent before, a line each."""
    with file.open("wb") as lines:
        for payload in range(payloads):
            body = json.dumps(_make_payload(payload * statuses, statuses, run), separators=(",", ":")).encode()
            lines.write(sign("cloud_api", SECRET, body).encode() + b" " + body + b"\n")


def _make_payload(first: int, count: int, run: str) -> dict:
    made = [
        {
            "id": f"wamid.{run}.{number // len(NAMES)}",
            "status": NAMES[number % len(NAMES)],
            "timestamp": str(BEGIN + number % 2_000_000),
            "recipient_id": f"2547{number // len(NAMES) % 20_000:08}",
            "conversation": {"id": f"{number % 1000:032x}", "origin": {"type": "service"}},
            "pricing": {"billable": True, "pricing_model": "PMP", "category": "service", "type": "regular"},
        }
        for number in range(first, first + count)
    ]
    metadata = {"display_phone_number": "14155550100", "phone_number_id": "106540352242922"}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": made}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}],
    }


if __name__ == "__main__":
    main()
