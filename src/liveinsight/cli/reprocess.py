"""`liveinsight reprocess`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liveinsight.cli import options

if TYPE_CHECKING:
    from liveinsight.store.base import Reprocessed

EXAMPLE = "Example: liveinsight reprocess --dry-run"

_SOON_MS = 5000


def reprocess(
    *,
    data: options.Data = None,
    store: options.Store = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Derive page, source, device and the like of every stored event anew. The server of a DuckDB file must be stopped.

    After an update: its lists of bots, sources and browsers then hold for what is stored already too. With DynamoDB,
    servers and aggregators go on meanwhile; interrupted, the same command completes it.
    """
    settings = options.settings(data=data, store=store)
    shown = _Progress()

    def agree(found: Reprocessed) -> bool:
        shown.end()
        typer.echo(table(found))
        if found.filtered and not settings.keep_filtered:
            typer.echo("What is filtered now is removed. LIVEINSIGHT_KEEP_FILTERED=on keeps it apart.")
        if dry_run:
            return False
        return yes or typer.confirm("Write these changes?", abort=True)

    analytics = options.existing(settings)
    try:
        if behind := waiting(analytics.health()):
            typer.echo(behind)
        done = analytics.reprocess(shown, agree)
    finally:
        shown.end()
        analytics.close()
    if done.is_nothing:
        typer.echo(f"Nothing to change: {done.events:,} events are as the rules make them.")
    else:
        typer.echo("Nothing was written." if dry_run else "Written.")


def waiting(health: dict[str, Any]) -> str:
    """What to know where events are counted later than they are stored, and some may not have been yet."""
    told = health.get("aggregation")
    if told is None or (told["is_running"] is not False and (told["lag_ms"] or 0) < _SOON_MS):
        return ""
    return f"{told['message']} Events that are not counted yet are not looked at: run this again when they are."


def table(found: Reprocessed) -> str:
    """What changes, in events."""
    rows = [("events", found.events), ("changed", found.changed)]
    rows += [(f"  {name}", events) for name, events in found.fields.items()]
    rows += [(f"filtered now: {reason}", events) for reason, events in found.filtered.items()]
    rows += [(f"still filtered, now as: {reason}", events) for reason, events in found.refiltered.items()]
    rows += [("no longer filtered", found.restored)] if found.restored else []
    rows += [("no longer filtered, but duplicates", found.duplicates)] if found.duplicates else []
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}{events:>13,}" for name, events in rows)


class _Progress:
    """A bar for each half of the work: it starts over when `done` goes back."""

    def __init__(self) -> None:
        self._labels = ["looking", "writing"]
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = typer.progressbar(length=total, label=self._labels.pop(0), file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


command = reprocess
