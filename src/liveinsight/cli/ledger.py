"""`liveinsight ledger`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from liveinsight.cli import options

EXAMPLE = "Example: liveinsight ledger --period 30d --site example.com"

_COLUMNS = ("received", "stored", "duplicates", "filtered", "rejected")


def ledger(
    *,
    data: options.Data = None,
    store: options.Store = None,
    site: options.Site = None,
    period: Annotated[str, typer.Option(help="today, yesterday, 24h, 7d, 30d, 12mo, ...")] = "7d",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, hour by hour.")] = False,
) -> None:
    """Show what was received and what became of it.

    The server of a DuckDB file must be stopped: while it runs, ask /api/ledger.
    """
    from liveinsight.questions import PeriodQuestion

    analytics = options.existing(options.settings(data=data, store=store))
    try:
        answer = analytics.ledger(PeriodQuestion(site_id=site, period=period))
    finally:
        analytics.close()
    typer.echo(json.dumps(answer, ensure_ascii=False) if as_json else table(answer))


def table(answer: dict[str, Any]) -> str:
    """The ledger by site, with totals and reasons."""
    rows = {**_by_site(answer["hours"]), "total": answer["total"]}
    width = max(len(name) for name in rows)
    lines = [" " * width + "".join(f"{name:>13}" for name in _COLUMNS)]
    lines += [f"{name:<{width}}" + "".join(f"{row[c]:>13,}" for c in _COLUMNS) for name, row in rows.items()]
    for outcome, reasons in answer["total"]["reasons"].items():
        lines.append("")
        lines += [f"{outcome}: {reason} {events:,}" for reason, events in sorted(reasons.items())]
    return "\n".join(lines)


def _by_site(hours: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    sites: dict[str, dict[str, int]] = {}
    for hour in hours:
        row = sites.setdefault(hour["site_id"], dict.fromkeys(_COLUMNS, 0))
        for column in _COLUMNS:
            row[column] += hour[column]
    return dict(sorted(sites.items()))


command = ledger
