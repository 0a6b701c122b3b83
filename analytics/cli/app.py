"""`analytics app`: the dashboard and the collector, from an installed package as from a checkout."""

import click

from analytics.cli.listening import listen
from analytics.server.launch import launch
from analytics.server.loopback import THIS_MACHINE, refuse_address


@click.command("app")
@click.option("--host", help="The address to listen on. It must be an address of this machine. [default: 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(1, 65_535), help="The port to listen on. [default: 8501, or the next free port]"
)
def app_command(host: str | None, port: int | None) -> None:
    """Serve the dashboard and the collector at one port; Ctrl-C ends it.

    It answers this machine alone, for it cannot tell people apart yet; from elsewhere a tunnel leads to it, such as
    ssh -L 8501:127.0.0.1:8501 HOST. Events are kept in data/events.duckdb below the folder where it is started.

    Example: analytics app --port 8600
    """
    if host and (refusal := refuse_address(host)):
        raise click.ClickException(refusal)
    if host or port:  # Streamlit would end with a traceback
        listen(host or THIS_MACHINE, port or 0, "The app").close()
    launch(host, port)
