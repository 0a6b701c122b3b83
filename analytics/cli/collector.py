"""`analytics collector`: the collector alone, without the dashboard."""

import signal
import socket

import click
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from analytics.asking.answering import answer_commands
from analytics.cli.listening import listen
from analytics.collector.collector import Collector, first_key_hint, running
from analytics.collector.log_lines import write_logs
from analytics.server.protocol import limit_servers
from analytics.settings import Settings, SettingsError, settings
from analytics.store.database import StoreError, StoreUnavailableError
from analytics.store.event_store import EventStore, open_store

_DRAIN_SECONDS = 5
"""Extra time at a stop for requests that are still arriving, beyond the time that each may take."""


@click.command("collector")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all addresses."
)
@click.option("--port", type=click.IntRange(1, 65_535), default=8502, show_default=True, help="The port to listen on.")
def collector_command(host: str, port: int) -> None:
    """Take events over HTTP, without the dashboard; SIGTERM answers what has arrived, then stops.

    With PostgreSQL as the store, any number may run beside the dashboard and each other.

    Example: analytics collector --host 0.0.0.0 --port 8502
    """
    answer_commands()
    try:
        limits = settings()
        store = _open_if_it_answers()
    except (SettingsError, StoreError) as error:
        raise click.ClickException(str(error)) from None
    with listen(host, port, "The collector") as listening:
        write_logs(limits.log_level)
        click.echo(f"Collecting events at http://{host}:{port}/v1/capture", err=True)
        if hint := store and first_key_hint(store):
            click.echo(hint, err=True)
        _serve(Collector(open_store, limits), limits, listening)


def _open_if_it_answers() -> EventStore | None:
    """Return the store; None if it does not answer for now. The collector starts nevertheless."""
    try:
        return open_store()
    except StoreUnavailableError as error:
        click.echo(f"{error} Until it does, clients are told to send again later.", err=True)
        return None


def _serve(collector: Collector, limits: Settings, listening: socket.socket) -> None:
    app = Starlette(routes=[Mount("/v1", app=collector)], lifespan=lambda _: running(collector))
    drained_after = round(limits.slow_body_seconds) + _DRAIN_SECONDS
    limit_servers()
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=drained_after)
    )
    for number in (signal.SIGTERM, signal.SIGINT):  # which the server repeats after it has stopped in good order
        signal.signal(number, lambda *_: None)
    server.run([listening])
