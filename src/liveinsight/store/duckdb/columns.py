"""Where the dimensions live in the tables, and how the metrics are computed: SQL by vocabulary name."""

from __future__ import annotations

from liveinsight.models.events import Context

# of `events` as e
EVENT_DIMENSIONS = {
    "page": "e.page",
    "page_title": "e.page_title",
    "event_type": "e.event_type",
    "conversion_type": "e.conversion_type",
}

# of `all_sessions` as s
SESSION_DIMENSIONS = {
    "entry_page": "coalesce(s.first_view_page, s.first_page)",
    "exit_page": "coalesce(s.last_view_page, s.first_page)",
    **{name: f"s.{name}" for name in Context._fields},
}

_CONVERTED = "count(DISTINCT visitor_id) FILTER (event_type = 'conversion')"

# over the matching events of a group
EVENT_METRICS = {
    "events": "count(*)",
    "page_views": "count(*) FILTER (event_type = 'page_view')",
    "visitors": "count(DISTINCT visitor_id)",
    "conversions": "count(*) FILTER (event_type = 'conversion')",
    "conversion_rate": f"{_CONVERTED}::DOUBLE / nullif(count(DISTINCT visitor_id), 0)",
}

# over the matching sessions of a group
SESSION_METRICS = {
    "sessions": "count(*)",
    "bounce_rate": "count(*) FILTER (page_views <= 1 AND interactions = 0)::DOUBLE / nullif(count(*), 0)",
    "avg_duration": "sum(last_activity - started_at)::DOUBLE / nullif(count(*), 0)",
    "views_per_session": "sum(page_views)::DOUBLE / nullif(count(*), 0)",
}
