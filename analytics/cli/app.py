"""`analytics app`: the dashboard and the collector, from an installed package as from a checkout."""

import click

from analytics.cli.listening import listen
from analytics.server.launch import launch


@click.command("app")
@click.option("--host", help="The address to listen at: who reaches it sees all data. By default this machine alone.")
@click.option("--port", type=click.IntRange(1, 65_535), help="The port to listen at. By default 8501 or the next free.")
def app_command(host: str | None, port: int | None) -> None:
    """Serve the dashboard and the collector at one port; Ctrl-C ends it.

    Events are kept in data/events.duckdb below the folder where it is started. Streamlit's own options are set in the
    environment: STREAMLIT_BROWSER_SERVER_ADDRESS is the name by which others reach this machine.

    Example: analytics app --port 8600
    """
    if host or port:  # Streamlit would end with a traceback
        listen(host or "127.0.0.1", port or 0, "The app").close()
    launch(host, port)
