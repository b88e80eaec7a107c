"""Where the dimensions live in the tables, and how the metrics are computed: SQL by vocabulary name."""

from __future__ import annotations

from liveinsight.models.events import Context


def _sent(field: str) -> str:
    return f"coalesce(json_extract_string(e.sent, '/{field}'), '')"


_ELEMENT_ID, _ELEMENT_TEXT = _sent("element_id"), _sent("element_text")

# of `events` as e
EVENT_DIMENSIONS = {
    "page": "e.page",
    "page_title": "e.page_title",
    "event_type": "e.event_type",
    "conversion_type": "e.conversion_type",
    "currency": "e.currency",
    # Few events have an element, and to look for one in text is faster than to read JSON.
    "element": f"""if(contains(e.sent, '"element_'), ltrim(
        {_sent("element_tag")} || if({_ELEMENT_ID} = '', '', '#' || {_ELEMENT_ID})
        || if({_ELEMENT_TEXT} = '', '', ' "' || {_ELEMENT_TEXT} || '"')
    ), '')""",
}

# of `all_sessions` as s
SESSION_DIMENSIONS = {
    "entry_page": "coalesce(s.first_view_page, s.first_page)",
    "exit_page": "coalesce(s.last_view_page, s.first_page)",
    **{name: f"s.{name}" for name in Context._fields},
}

_VIEWS = "count(*) FILTER (event_type = 'page_view')"
_EXITS = "count(*) FILTER (is_exit)"

# over the matching events of a group; `everybody` has the visitors of the whole question
EVENT_METRICS = {
    "events": "count(*)",
    "page_views": _VIEWS,
    "visitors": "count(DISTINCT visitor_id)",
    "percentage": "count(DISTINCT visitor_id)::DOUBLE / nullif((SELECT visitors FROM {everybody}), 0)",
    "entries": "count(*) FILTER (is_entry)",
    "exits": _EXITS,
    "exit_rate": f"{_EXITS}::DOUBLE / nullif({_VIEWS}, 0)",
    "conversions": "count(*) FILTER (converts)",
    "conversion_rate": "count(DISTINCT visitor_id) FILTER (converts)::DOUBLE / nullif(count(DISTINCT visitor_id), 0)",
    "revenue": "fsum(value) FILTER (converts)",
}
REVENUE_IN = "fsum(value) FILTER (converts AND currency = {currency})"

# over the matching sessions of a group
SESSION_METRICS = {
    "sessions": "count(*)",
    "bounce_rate": "count(*) FILTER (page_views <= 1 AND interactions = 0)::DOUBLE / nullif(count(*), 0)",
    "avg_duration": "sum(last_activity - started_at)::DOUBLE / nullif(count(*), 0)",
    "views_per_session": "sum(page_views)::DOUBLE / nullif(count(*), 0)",
    "converted_sessions": "count(*) FILTER (converted)",
    "session_conversion_rate": "count(*) FILTER (converted)::DOUBLE / nullif(count(*), 0)",
}

# over the page visits of a group: `engaged` and `depth` are NULL where nothing was reported
VISIT_METRICS = {
    "time_on_page": "sum(engaged)::DOUBLE / nullif(count(engaged), 0)",
    "scroll_depth": "sum(depth)::DOUBLE / nullif(count(depth), 0)",
}

# The metrics that need to know more of an event or session than its row has.
OF_CONVERSION = frozenset({"conversions", "conversion_rate", "revenue"})
OF_SESSION = frozenset({"entries", "exits", "exit_rate"})
OF_CONVERTED = frozenset({"converted_sessions", "session_conversion_rate"})
