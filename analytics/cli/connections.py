"""`analytics connections`: what sends events, as on the page of that name."""

import sys

import click

from analytics.asking.store_questions import change_secret, create_key, create_webhook, list_keys, revoke_key
from analytics.cli.output import align_columns, format_instant
from analytics.cli.stored import asking_store
from analytics.store.webhooks import NewWebhook
from analytics.store.write_keys import DEFAULT_PROJECT, WriteKey
from analytics.words.connection_steps import NOT_TWICE, REACHABLE, STEPS

_KINDS = {"program": None, "whatsapp": "cloud_api", "chatwoot": "chatwoot"}
_KIND = click.Choice(list(_KINDS))
_COLLECTOR = "http://127.0.0.1:8501"


@click.group("connections")
def connections_command() -> None:
    """Make, list and remove connections: write keys of programs, and webhooks of WhatsApp and Chatwoot.

    Example: analytics connections create "Our number" --from whatsapp
    """


@connections_command.command("create")
@click.argument("name")
@click.option(
    "--from",
    "kind",
    type=click.Choice(list(_KINDS)),
    default="program",
    show_default=True,
    help="The system that sends.",
)
@click.option(
    "--project", metavar="NAME", default=DEFAULT_PROJECT, show_default=True, help="It is made if it does not exist."
)
@click.option(
    "--collector", metavar="URL", default=_COLLECTOR, show_default=True, help="The public address of the collector."
)
def create_command(name: str, kind: str, project: str, collector: str) -> None:
    """Make a connection and show its secrets, only once.

    The secret with which another system signs is asked for, or is the first line of what is piped in.

    Example: analytics connections create "Our number" --from whatsapp --project shop
    """
    system = _KINDS[kind]
    if system is None:
        with asking_store() as ask:
            click.echo(ask(create_key, name, project))
        click.echo("This key is not shown again. Send it as the header X-Write-Key.", err=True)
        return
    secret = _ask_for_secret(system)
    with asking_store() as ask:
        made = ask(create_webhook, system, name, project, secret)
    _show(system, made, collector)


@connections_command.command("list")
def list_command() -> None:
    """List the connections, the newest first, with the first event of each.

    Example: analytics connections list
    """
    with asking_store() as ask:
        known = ask(list_keys)
    if not known:
        click.echo("There are no connections yet. Make one with `analytics connections create NAME`.", err=True)
        return
    header = ["ID", "Name", "From", "Project", "Created", "Verified", "First event", "Last used", "Removed"]
    click.echo(align_columns([header, *map(_format_row, known)]), nl=False)


@connections_command.command("secret")
@click.argument("key_id", metavar="ID")
def secret_command(key_id: str) -> None:
    """Give a webhook another secret; the command asks for it, or reads it from a pipe.

    Example: analytics connections secret 1f0c9a2b
    """
    with asking_store() as ask:
        known = next((key for key in ask(list_keys) if key.id == key_id and key.system in STEPS), None)
    if known is None or known.system is None:
        raise click.ClickException(f"There is no webhook {key_id!r}: `analytics connections list` shows them all.")
    secret = _ask_for_secret(known.system)
    with asking_store() as ask:
        ask(change_secret, key_id, secret)
    click.echo(f"We changed the secret of {key_id}.")


@connections_command.command("remove")
@click.argument("key_id", metavar="ID")
def remove_command(key_id: str) -> None:
    """Refuse a connection at once and for good; its events stay.

    Example: analytics connections remove 1f0c9a2b
    """
    with asking_store() as ask:
        ask(revoke_key, key_id)
    click.echo(f"Removed {key_id}.")


def _ask_for_secret(system: str) -> str:
    found = STEPS[system]
    if sys.stdin.isatty():
        click.echo(found.secret, err=True)
        default = None if found.secret_is_needed else ""
        return str(click.prompt("Secret", hide_input=True, default=default, show_default=False, err=True)).strip()
    secret = sys.stdin.readline().strip()
    if found.secret_is_needed and not secret:
        raise click.ClickException(f"Pipe the secret in, or run this in a terminal. It is: {found.secret}")
    return secret


def _show(system: str, made: NewWebhook, collector: str) -> None:
    found = STEPS[system]
    click.echo(f"{collector.rstrip('/')}/v1/webhooks/{made.hook_id}")
    if found.verifies:
        click.echo(made.verify_token)
    what = "the address and the verify token" if found.verifies else "the address"
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(found.steps, 1))
    click.echo(f"This is {what}. We do not show it again. Now:\n{steps}\n{REACHABLE}\n{NOT_TWICE}", err=True)


def _format_row(key: WriteKey) -> list[str]:
    kind = next((name for name, system in _KINDS.items() if system == key.system), str(key.system))
    times = (key.created_at, key.verified_at, key.first_event_at, key.last_used_at, key.revoked_at)
    return [key.id, key.name, kind, key.project_name, *map(format_instant, times)]
