"""`liveinsight cost`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liveinsight.aws.cost import Line

EXAMPLE = "Example: liveinsight cost --events-per-month 1000000"


def cost(
    *,
    events_per_month: Annotated[int, typer.Option(min=0, help="Events that are stored in a month.")],
    dashboards: Annotated[float, typer.Option(min=0, help="Dashboards that are open for eight hours a day.")] = 1.0,
    fold_seconds: Annotated[int, typer.Option(min=1, max=60, help="As FoldSeconds of the template.")] = 1,
    days_kept: Annotated[float, typer.Option(min=1, help="Days for which sessions are kept.")] = 365.0,
) -> None:
    """Estimate what a month on AWS costs: measured units times list prices."""
    from liveinsight.aws.cost import PRICES_OF, Units, month

    units = replace(Units(), dashboards=dashboards, window_s=fold_seconds, days_kept=days_kept)
    lines = month(events_per_month, units)
    typer.echo(table(lines))
    typer.echo(f"\nDollars a month. Prices of {PRICES_OF}. An estimate: your traffic differs.")


def table(lines: Sequence[Line]) -> str:
    """The things and their sum."""
    rows = [*lines, ("total", sum(line.dollars for line in lines))]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}{dollars:>12,.2f}" for name, dollars in rows)


command = cost
