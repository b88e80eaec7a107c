"""The answer of `POST /api/query`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveinsight.questions.conditions import nodes
from liveinsight.reports.change import before

if TYPE_CHECKING:
    from liveinsight.questions import QueryBody
    from liveinsight.questions.occasion import Occasion
    from liveinsight.questions.query import Compared
    from liveinsight.reports.run import Answer, Run


def query(body: QueryBody, occasion: Occasion, run: Run) -> Answer:
    """`data` of /api/query. With a period to compare, each row also has `comparison` and `change`."""
    asked = body.at(occasion)
    result = run(asked.query)
    rows: list[Answer] = [{"dimensions": list(row.dimensions), "metrics": list(row.metrics)} for row in result.rows]
    if asked.period:
        for row, found in zip(rows, before(asked.query, result.rows, asked.period, run), strict=True):
            row.update(found._asdict())
    return {"query": _understood(asked), "rows": rows, "total_rows": result.total_rows}


def _understood(asked: Compared) -> Answer:
    """The question with every default filled in."""
    query = asked.query
    return {
        "site_id": query.site_id,
        "metrics": list(query.metrics),
        "dimensions": list(query.dimensions),
        "filters": nodes(query.filters),
        "goal": nodes(query.goal) or None,
        "from": query.period.start,
        "to": query.period.end,
        "timezone": query.timezone,
        "compare": asked.compare,
        "compared": {"from": asked.period.start, "to": asked.period.end} if asked.period else None,
        "order_by": [{"by": name, "descending": descending} for name, descending in query.ordering()],
        "limit": query.limit,
        "offset": query.offset,
    }
