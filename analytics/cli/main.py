"""The program `analytics`: its commands, and how it ends."""

import sys

import click

from analytics.cli.app import app_command
from analytics.cli.audit import audit_command
from analytics.cli.backup import backup_command
from analytics.cli.check import check_command
from analytics.cli.collector import collector_command
from analytics.cli.connections import connections_command
from analytics.cli.export import export_command
from analytics.cli.import_ import import_command
from analytics.cli.imports import imports_command
from analytics.cli.keys import keys_command
from analytics.cli.mapping import mapping_command
from analytics.cli.metrics import metrics_command
from analytics.cli.people import people_command
from analytics.cli.restore import restore_command
from analytics.cli.send import send_command
from analytics.cli.simulate import simulate_command
from analytics.cli.validate import validate_command
from analytics.store.private_files import write_privately


def main() -> None:
    """Run a command; a user's mistake is one line on stderr and exit code 2."""
    write_privately()
    try:
        sys.exit(commands.main(standalone_mode=False))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
    except click.ClickException as error:
        click.echo(f"Error: {error.format_message()}", err=True)
    except click.Abort:
        click.echo("Stopped.", err=True)
    except RuntimeError as error:  # what DuckDB makes of a stop by hand
        if "interrupted" not in str(error):
            raise
        click.echo("Stopped.", err=True)
    sys.exit(2)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="whatsapp-analytics")
def commands() -> None:
    """Analytics for WhatsApp business messaging."""


commands.add_command(validate_command)
commands.add_command(import_command)
commands.add_command(imports_command)
commands.add_command(mapping_command)
commands.add_command(metrics_command)
commands.add_command(export_command)
commands.add_command(simulate_command)
commands.add_command(send_command)
commands.add_command(app_command)
commands.add_command(collector_command)
commands.add_command(connections_command)
commands.add_command(keys_command)
commands.add_command(people_command)
commands.add_command(audit_command)
commands.add_command(check_command)
commands.add_command(backup_command)
commands.add_command(restore_command)
