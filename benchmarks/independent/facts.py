"""The raw events as data frames, and the sessions they make."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from liveinsight.models.events import Context

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.models.events import StoredEvent

GAP_MS = 1_800_000
PRESENCE = ("heartbeat", "page_exit", "scroll", "web_vital")
_TEXTS = ("event_id", "session_id", "visitor_id", "event_type", "page", "page_title", "conversion_type", "currency")
_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(_TEXTS, pl.String),
    "timestamp": pl.Int64,
    "value": pl.Float64,
    "engaged_ms": pl.Int64,
    "scroll_depth": pl.Float64,
    "element": pl.String,
    "context": pl.UInt32,  # a number for each different one
}
IS_VIEW = pl.col("event_type") == "page_view"
IS_CONVERSION = pl.col("event_type") == "conversion"


class Facts:
    """Takes every event of one site once. Those of one visitor are also kept as they are, in `of_regular`."""

    def __init__(self, regular: str) -> None:
        self.regular = regular
        self.of_regular: list[StoredEvent] = []
        self._frames: list[pl.DataFrame] = []
        self._contexts: dict[Context, int] = {}

    def add(self, events: Iterable[StoredEvent]) -> None:
        """Take events."""
        rows = []
        for event in events:
            if event.visitor_id == self.regular:
                self.of_regular.append(event)
            context = self._contexts.setdefault(event.context, len(self._contexts))
            rows.append((*(getattr(event, name) for name in list(_SCHEMA)[:-2]), _element(event.sent), context))
        self._frames.append(pl.DataFrame(rows, _SCHEMA, orient="row"))

    @cached_property
    def events(self) -> pl.LazyFrame:
        """The events by session, oldest first: each with the values of its session beside its own."""
        ordered = pl.concat(self._frames).sort("session_id", "timestamp", "event_id")
        self._frames = []
        is_first = (pl.col("session_id") != pl.col("session_id").shift()) | (pl.col("timestamp").diff() > GAP_MS)
        ordered = ordered.with_columns(session=is_first.fill_null(value=True).cum_sum())
        return ordered.lazy().join(self._sessions(ordered).lazy(), on="session", maintain_order="left")

    def _sessions(self, events: pl.DataFrame) -> pl.DataFrame:
        contexts = pl.DataFrame(list(self._contexts), list(Context._fields), orient="row").with_row_index("context")
        first_page = pl.col("page").first()
        sessions = events.group_by("session").agg(
            pl.col("timestamp").first().alias("started_at"),
            pl.col("timestamp").last().alias("last_activity"),
            pl.col("event_id").filter(IS_VIEW).first().alias("first_view"),
            pl.col("event_id").filter(IS_VIEW).last().alias("last_view"),
            pl.coalesce(pl.col("page").filter(IS_VIEW).first(), first_page).alias("entry_page"),
            pl.coalesce(pl.col("page").filter(IS_VIEW).last(), first_page).alias("exit_page"),
            IS_VIEW.sum().alias("session_views"),
            (~IS_VIEW & ~pl.col("event_type").is_in(PRESENCE)).sum().alias("interactions"),
            pl.col("context").first(),
        )
        return sessions.join(contexts, on="context").drop("context")


def _element(sent: dict[str, str]) -> str:
    tag, name, text = (sent.get(f"element_{part}") or "" for part in ("tag", "id", "text"))
    return (tag + (name and f"#{name}") + (text and f' "{text}"')).strip(" ") if tag or name or text else ""
