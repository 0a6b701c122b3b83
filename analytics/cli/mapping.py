"""`analytics mapping`: what the columns of a table most likely hold, to be corrected and used."""

from pathlib import Path

import click

from analytics.events.dump_error import DumpError
from analytics.events.tables.matching import propose
from analytics.reading.parent import look_apart


@click.command("mapping")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def mapping_command(file: Path) -> None:
    """Print what the columns of a table (CSV, Excel, Parquet) most likely hold, as JSON.

    Correct it and name it with --mapping: `columns` has the column for each field, `values` what foreign words mean,
    `rows` is events or messages (a message a row, with when it was sent, delivered and read).

    Example: analytics mapping march.csv > mapping.json
    """
    try:
        sample = next((content.sample for content in look_apart(file) if content.sample is not None), None)
    except (DumpError, OSError) as error:
        raise click.ClickException(f"{file}: {error}") from None
    if sample is None:
        raise click.ClickException(f"{file}: This is no table: its events need no mapping.")
    click.echo(propose(sample.column_names, sample).model_dump_json(indent=2, by_alias=True, exclude_none=True))
