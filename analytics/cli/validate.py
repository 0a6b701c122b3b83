"""`analytics validate`: what is good in files of events, and what is not."""

from pathlib import Path

import click

from analytics.cli.dumps import NOTHING_USABLE, all_rejected, describe_counts, validate_files, warn_of_oddities
from analytics.cli.output import write_file
from analytics.cli.parameters import files_argument
from analytics.cli.reading_options import reading_options
from analytics.events.files.choices import Choices
from analytics.events.rejects import to_ndjson


@click.command("validate")
@files_argument(required=True)
@click.option("--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Where to write what cannot be used.")
@reading_options
def validate_command(files: tuple[Path, ...], rejects: Path | None, choices: Choices) -> None:
    """Count what is good and what cannot be used, and why; exit with 2 where nothing can be used.

    Example: analytics validate march.ndjson.gz --rejects unusable.ndjson
    """
    found = validate_files(files, choices)
    if rejects:
        write_file(rejects, to_ndjson(found.rejected))
    click.echo(describe_counts(found))
    if all_rejected(found):
        raise click.ClickException(NOTHING_USABLE)
    warn_of_oddities(found)
