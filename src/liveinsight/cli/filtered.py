"""`liveinsight filtered`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from liveinsight.cli import options

if TYPE_CHECKING:
    from liveinsight.models.events import FilteredEvent

EXAMPLE = "Example: liveinsight filtered --site example.com --days 1"


def filtered(
    *,
    data: options.Data = None,
    store: options.Store = None,
    site: options.Site = None,
    timezone: options.Timezone = None,
    days: Annotated[int, typer.Option(min=1, max=36_500, help="Received in the last so many days.")] = 7,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many, the latest first.")] = 50,
) -> None:
    """Show the events that were filtered (bots) and kept to look at. The server of a DuckDB file must be stopped."""
    settings = options.settings(data=data, store=store, timezone=timezone)
    analytics = options.existing(settings)
    try:
        events = analytics.filtered_events(site, days, limit)
        zone = timezone or analytics.sites.timezone(site or "")
    finally:
        analytics.close()
    if events:
        typer.echo(table(events, zone))
    elif settings.keep_filtered:
        typer.echo(f"No filtered event was kept in the last {days} days.")
    else:
        typer.echo(
            f"No filtered event was kept in the last {days} days."
            " To keep them from now on, start the server with LIVEINSIGHT_KEEP_FILTERED=on."
        )


def table(events: list[FilteredEvent], timezone: str) -> str:
    """A line an event: when it was received, site, reason, page, user agent."""
    from liveinsight.stats.period import label

    rows: list[tuple[str, ...]] = [("received", "site", "reason", "page", "user agent")]
    for reason, event in events:
        received = label(event.received_at, "minute", timezone)
        rows.append((received, event.site_id, reason, _printable(event.page), _printable(event.user_agent)))
    *widths, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join("  ".join([*map(str.ljust, row, widths), row[-1]]) for row in rows)


def _printable(text: str) -> str:
    """What strangers sent, without the characters that a terminal obeys."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


command = filtered
