"""`analytics keys`: the write keys of the event store."""

import click

from analytics.asking.store_questions import (
    create_key,
    create_read_key,
    list_keys,
    list_read_keys,
    revoke_key,
    revoke_read_key,
)
from analytics.cli.output import align_columns, format_instant
from analytics.cli.stored import asking_store
from analytics.events import samples
from analytics.sending.client import batch
from analytics.sending.commands import as_curl
from analytics.sending.trouble import CAPTURE_PATH
from analytics.store.read_keys import ReadKey
from analytics.store.write_keys import DEFAULT_PROJECT, WriteKey

_READ = (
    "This key is not shown again. While the app runs, this key reads all metrics, and who is waiting:\n\n"
    "curl -H 'X-Read-Key: rk_…' 'http://127.0.0.1:8501/v1/report?from=2026-03-01&timezone=Africa/Nairobi'\n"
    "curl -H 'X-Read-Key: rk_…' http://127.0.0.1:8501/v1/waiting"
)
_ADDRESS = f"http://127.0.0.1:8501{CAPTURE_PATH}"


@click.group("keys")
def keys_command() -> None:
    """Make, list and revoke write keys: each may add events to one project, and never read.

    Example: analytics keys create "Our CRM"
    """


@keys_command.command("create")
@click.argument("name")
@click.option(
    "--project", metavar="NAME", default=DEFAULT_PROJECT, show_default=True, help="It is made if it does not exist."
)
@click.option("--read", "reads", is_flag=True, help="A read key. It may read numbers, but never add events.")
def create_command(name: str, project: str, reads: bool) -> None:
    """Make a write key and show it, only once; with --read, a read key.

    Example: analytics keys create "Our CRM" --project shop
    """
    if reads:
        with asking_store() as ask:
            click.echo(ask(create_read_key, name, project))
        click.echo(_READ, err=True)
        return
    with asking_store() as ask:
        key = ask(create_key, name, project)
    click.echo(key)
    click.echo(
        "This key is not shown again. Keep it where your system keeps its secrets.\n"
        "While the app runs, you can send a test event. It is part of no report:\n\n" + _example(key),
        err=True,
    )


@keys_command.command("list")
def list_command() -> None:
    """List the write keys, the newest first, with when each was used last.

    Example: analytics keys list
    """
    with asking_store() as ask:
        known = [_format_row("write", key) for key in ask(list_keys) if key.system is None]
        known += [_format_row("read", key) for key in ask(list_read_keys)]
    if not known:
        click.echo('There are no keys yet. Make one with `analytics keys create "Our CRM"`.', err=True)
        return
    header = ["ID", "Name", "May", "Project", "Created", "Last used", "Revoked"]
    click.echo(align_columns([header, *known]), nl=False)


@keys_command.command("revoke")
@click.argument("key_id", metavar="ID")
def revoke_command(key_id: str) -> None:
    """Revoke a write key at once and for good; its events stay.

    Example: analytics keys revoke 1f0c9a2b
    """
    with asking_store() as ask:
        reads = any(key.id == key_id for key in ask(list_read_keys))
        ask(revoke_read_key if reads else revoke_key, key_id)
    click.echo(f"Revoked {key_id}.")


def _format_row(may: str, key: WriteKey | ReadKey) -> list[str]:
    times = [format_instant(key.created_at), format_instant(key.last_used_at), format_instant(key.revoked_at)]
    return [key.id, key.name, may, key.project_name, *times]


def _example(key: str) -> str:
    """Return the commands that send a test event."""
    body = batch(samples.as_json([samples.make_sample("message.received")]))
    return f"export WRITE_KEY={key}\n{as_curl(_ADDRESS, body)}"
