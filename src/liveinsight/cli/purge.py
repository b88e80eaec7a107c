"""`liveinsight purge`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from liveinsight.cli import options
from liveinsight.errors import InvalidInput

EXAMPLE = "Example: liveinsight purge --older-than 365d --yes"

_DAY_MS = 24 * 3600 * 1000


def purge(
    *,
    older_than: Annotated[str, typer.Option(metavar="DAYS", help="Age in days, such as 365d.")],
    data: options.Data = None,
    store: options.Store = None,
    site: options.Site = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove old sessions with their events. The server of a DuckDB file must be stopped."""
    from liveinsight.service import now_ms

    before = now_ms() - _days(older_than) * _DAY_MS
    day = datetime.fromtimestamp(before / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    where = f" of {site}" if site else ""
    analytics = options.existing(options.settings(data=data, store=store))
    try:
        if not yes:
            typer.confirm(f"Remove every session{where} that ended before {day}, with its events?", abort=True)
        removed = analytics.purge(before, site)
    finally:
        analytics.close()
    typer.echo(
        f"Removed {removed['events']:,} events of {removed['sessions']:,} sessions{where} that ended before {day}."
    )


def _days(text: str) -> int:
    match = re.fullmatch(r"(\d{1,5})d?", text.strip())
    if not match or int(match[1]) == 0:
        msg = f"--older-than takes an age in days, such as 365d, and not {text[:30]!r}."
        raise InvalidInput(msg)
    return int(match[1])


command = purge
