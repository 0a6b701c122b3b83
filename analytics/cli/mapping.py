"""`analytics mapping`: what the columns of a table most likely hold, to be corrected and used."""

from pathlib import Path

import click

from analytics.cli.how_read import say_how_read
from analytics.cli.parameters import ENCODING
from analytics.events.dump_error import DumpError
from analytics.events.files.choices import Choices
from analytics.events.tables.proposing import propose
from analytics.reading.parent import look_apart


@click.command("mapping")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--encoding", type=ENCODING, help="The encoding of a table that is not UTF-8, such as cp1250.")
def mapping_command(file: Path, encoding: str | None) -> None:
    """Print what the columns of a table (CSV, Excel, Parquet) most likely hold, as JSON.

    Correct it and name it with --mapping: `columns` has the column for each field, `values` what foreign words mean,
    `rows` is events or messages (a message a row, with when it was sent, delivered and read), `empty` how cells
    without a value are filled, `bots` which agents are bots, `leftOut` which rows are left out, by a column's values.

    Example: analytics mapping march.csv > mapping.json
    """
    try:
        seen = look_apart(file, encoding=encoding)
        sample = next((content.sample for content in seen if content.sample is not None), None)
    except (DumpError, OSError) as error:
        raise click.ClickException(f"{file}: {error}") from None
    if sample is None:
        raise click.ClickException(f"{file}: This is not a table, so its events need no mapping.")
    say_how_read(file, Choices(encoding=encoding))
    click.echo(propose(sample.column_names, sample).model_dump_json(indent=2, by_alias=True, exclude_none=True))
