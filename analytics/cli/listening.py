"""Sockets that commands serve at."""

import socket

import click

_BACKLOG = 2_048


def listen(host: str, port: int, who: str) -> socket.socket:
    """Return a socket that listens; at port 0 the system chooses one.

    Raises:
        click.ClickException: where that cannot be; it tells `who` cannot listen, and why.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        at = f"{host}, port {port}" if port else host
        raise click.ClickException(f"{who} cannot listen on {at}: {error.strerror}.") from None
