"""The collector beside the least that a server can do, and beside the plainest one: for the benchmarks of it.

Its arguments are a port and a folder; it prints a write key and the id of a webhook once the store is there.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import uvicorn
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from analytics.collector.collector import Collector, running
from analytics.collector.log_lines import write_logs
from analytics.events.contract import Assumptions, Event, properties_model
from analytics.server.protocol import limit_servers
from analytics.settings import Settings
from analytics.store.event_store import open_store

SECRET = "benchmark"  # noqa: S105
ANSWER = b'{"status":"success","received":1,"accepted":1,"duplicates":0,"rejected":0,"errors":[],"warnings":[]}'


async def echo(request: Request) -> Response:
    """Read the body, answer."""
    await request.body()
    return Response(ANSWER, media_type="application/json")


class Batch(BaseModel):
    """What the plain collector takes."""

    batch: list[dict]


class Plain:
    """What one would write first: pydantic, and one INSERT for each request."""

    def __init__(self, path: Path) -> None:
        self._connection = duckdb.connect(str(path))
        self._connection.execute(
            "CREATE TABLE events "
            "(id TEXT PRIMARY KEY, event TEXT, user_id TEXT, timestamp TIMESTAMPTZ, properties JSON)"
        )

    async def __call__(self, request: Request) -> Response:
        """Validate, insert, answer."""
        return await run_in_threadpool(self._keep, await request.body())

    def _keep(self, body: bytes) -> Response:
        now = Assumptions(datetime.now(UTC))
        rows = []
        for raw in Batch.model_validate_json(body).batch:
            event = Event.model_validate(raw, context=now)
            properties = properties_model(event.event).model_validate(event.properties, context=now)
            rows += [
                f"{event.event} {properties.message_id}", event.event, event.user_id, event.timestamp,
                properties.model_dump_json(),
            ]  # fmt: skip
        values = ", ".join(["(?, ?, ?, ?, ?)"] * (len(rows) // 5))
        self._connection.cursor().execute(f"INSERT INTO events VALUES {values} ON CONFLICT DO NOTHING", rows)
        return Response(ANSWER, media_type="application/json")


def main() -> None:
    """Serve all three."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    store = open_store(f"duckdb:///{folder / 'events.duckdb'}")
    collector = Collector(lambda: store, Settings())
    plain = Plain(folder / "plain.duckdb")
    routes = [
        Mount("/v1", app=collector),
        Route("/echo", echo, methods=["POST"]),
        Route("/plain", plain.__call__, methods=["POST"]),
    ]
    write_logs()
    limit_servers()
    print(store.keys.create("benchmark"))
    print(store.webhooks.create("cloud_api", "benchmark", secret=SECRET).hook_id, flush=True)
    uvicorn.run(
        Starlette(routes=routes, lifespan=lambda _: running(collector)),
        port=port,
        log_level="warning",
        access_log=False,
    )
