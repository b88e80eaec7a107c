"""`liveinsight seed`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from liveinsight.cli import options

EXAMPLE = "Example: liveinsight seed --events 100000 --days 90"


def seed(
    *,
    events: Annotated[int, typer.Option(min=1, max=100_000_000, help="How many events.")] = 20_000,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Over how many days, up to now.")] = 30,
    data: options.Data = None,
    store: options.Store = None,
    site: Annotated[str, typer.Option(metavar="NAME", help="The site that was visited.")] = "demo.example",
    number: Annotated[int, typer.Option("--seed", help="Another number makes other visits.")] = 1,
    timezone: options.Timezone = None,
) -> None:
    """Fill a site with made-up visits. The same command again adds nothing.

    The server of a DuckDB file must be stopped.
    """
    from liveinsight.bootstrap import open_store
    from liveinsight.seed import Plan, fill
    from liveinsight.service import now_ms

    settings = options.settings(data=data, store=store, timezone=timezone)
    opened = open_store(settings)
    try:
        with typer.progressbar(length=events, label="seeding", file=sys.stderr) as shown:
            added = fill(opened, Plan(site, events, days, now_ms(), number, settings.timezone), shown.update)
    finally:
        opened.close()
    known = events - added
    typer.echo(f"{added:,} events added to {site}." + (f" {known:,} were there already." if known else ""))


command = seed
