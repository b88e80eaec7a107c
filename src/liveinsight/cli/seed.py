"""`liveinsight seed`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from liveinsight.cli import options

if TYPE_CHECKING:
    from liveinsight.seed import Plan
    from liveinsight.store.base import Store

EXAMPLE = "Example: liveinsight seed --events 100000 --days 90"

_MADE_AT = "seed"  # kind of the documents that remember when traffic was made


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
    """Fill a site with made-up visits. The same command again adds nothing. The server must be stopped."""
    from liveinsight.bootstrap import open_store
    from liveinsight.seed import Plan
    from liveinsight.service import now_ms

    settings = options.settings(data=data, store=store, timezone=timezone)
    opened = open_store(settings)
    try:
        plan = Plan(site, events, days, 0, number, settings.timezone)
        made_at = opened.put_document(_MADE_AT, plan.key, str(now_ms()), keep=True)
        plan = Plan(site, events, days, int(made_at or 0), number, settings.timezone)
        added = _write(opened, plan)
    finally:
        opened.close()
    known = events - added
    typer.echo(f"{added:,} events added to {site}." + (f" {known:,} were there already." if known else ""))


def _write(store: Store, plan: Plan) -> int:
    """Record the traffic; gives how many of its events are new."""
    from liveinsight.seed import batches

    added = 0
    with typer.progressbar(length=plan.events, label="seeding", file=sys.stderr) as progress:
        for batch in batches(plan):
            added += len(store.record(batch).result().stored)
            progress.update(len(batch.events))
    return added


command = seed
