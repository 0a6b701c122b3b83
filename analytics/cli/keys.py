"""`analytics keys`: the write keys of the event store."""

import click

from analytics.asking.store_questions import create_key, list_keys, revoke_key
from analytics.cli.output import align_columns, format_instant
from analytics.cli.stored import asking_store
from analytics.events import samples
from analytics.sending.client import batch
from analytics.sending.commands import as_curl
from analytics.sending.trouble import CAPTURE_PATH
from analytics.store.write_keys import DEFAULT_PROJECT, WriteKey

_ADDRESS = f"http://127.0.0.1:8501{CAPTURE_PATH}"


@click.group("keys")
def keys_command() -> None:
    """Make, list and revoke write keys: each may add events to one project, and never read.

    Example: analytics keys create "Our CRM"
    """


@keys_command.command("create")
@click.argument("name")
@click.option("--project", metavar="NAME", default=DEFAULT_PROJECT, show_default=True, help="Made where there is none.")
def create_command(name: str, project: str) -> None:
    """Make a write key and show it, this once.

    Example: analytics keys create "Our CRM" --project shop
    """
    with asking_store() as ask:
        key = ask(create_key, name, project)
    click.echo(key)
    click.echo(
        "This key is not shown again: keep it where your system keeps its secrets.\n"
        "With the app running, send a test event, which stays out of reports:\n\n" + _example(key),
        err=True,
    )


@keys_command.command("list")
def list_command() -> None:
    """List the write keys, the newest first, with when each was used last.

    Example: analytics keys list
    """
    with asking_store() as ask:
        known = [key for key in ask(list_keys) if key.system is None]
    if not known:
        click.echo('There are no write keys yet: `analytics keys create "Our CRM"` makes one.', err=True)
        return
    header = ["ID", "Name", "Project", "Created", "Last used", "Revoked"]
    click.echo(align_columns([header, *map(_format_row, known)]), nl=False)


@keys_command.command("revoke")
@click.argument("key_id", metavar="ID")
def revoke_command(key_id: str) -> None:
    """Revoke a write key at once and for good; what it brought stays.

    Example: analytics keys revoke 1f0c9a2b
    """
    with asking_store() as ask:
        ask(revoke_key, key_id)
    click.echo(f"Revoked {key_id}.")


def _format_row(key: WriteKey) -> list[str]:
    times = [format_instant(key.created_at), format_instant(key.last_used_at), format_instant(key.revoked_at)]
    return [key.id, key.name, key.project_name, *times]


def _example(key: str) -> str:
    """Return the commands that send a test event."""
    body = batch(samples.as_json([samples.make_sample("message.received")]))
    return f"export WRITE_KEY={key}\n{as_curl(_ADDRESS, body)}"
