"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from liveinsight import __version__
from liveinsight.cli import aggregate, copy, cost, filtered, ledger, purge, reprocess, seed, serve, token
from liveinsight.cli.tables import tables

app = typer.Typer(
    help="Real-time web analytics that you run yourself.",
    epilog="Every setting is also an environment variable, LIVEINSIGHT_ and its name: LIVEINSIGHT_PORT=9000.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:  # noqa: FBT001  typer passes it by position
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


for module in (serve, token, ledger, filtered, seed, reprocess, purge, copy, aggregate, cost):
    app.command(epilog=module.EXAMPLE)(module.command)
app.add_typer(tables, name="tables")
