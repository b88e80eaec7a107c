"""`liveinsight tables`."""

from __future__ import annotations

import typer

from liveinsight.cli import options

EXAMPLE = "Example: EVENTS_TABLE=my-events AWS_DEFAULT_REGION=eu-central-1 liveinsight tables create"

tables = typer.Typer(help="The tables of the DynamoDB store.", epilog=EXAMPLE, no_args_is_help=True)


@tables.command(epilog=EXAMPLE)
def create() -> None:
    """Create the tables that are missing, and switch on the stream and the expiry where they are off."""
    from liveinsight.bootstrap import create_tables

    for name, done in create_tables(options.settings()).items():
        typer.echo(f"{name}: {done}")
