"""The JSON shapes of answers, built from what stores give. The same in every front end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from liveinsight.ingest.source import DIRECT
from liveinsight.ingest.visitor import ANONYMOUS
from liveinsight.models.events import PAGE_VIEW
from liveinsight.stats.definitions import DEFINITIONS
from liveinsight.stats.period import MINUTE_MS
from liveinsight.stats.vocabulary import DIMENSIONS, METRICS, PROPERTY
from liveinsight.stats.words import COMPARISON_WORDS, OPERATOR_WORDS, PERIOD_WORDS
from liveinsight.store.base import RECENT_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveinsight.models.events import Context, StoredEvent
    from liveinsight.models.sessions import Session
    from liveinsight.stats.definitions import Definition
    from liveinsight.stats.query import Result
    from liveinsight.stats.visits import PublicSession
    from liveinsight.stats.vocabulary import Dimension, Metric
    from liveinsight.store.base import LedgerRow, Live

Answer = dict[str, Any]

_LONGEST_LIST = 100  # rows of a live list; the totals beside it count everybody
_OUTCOMES = ("stored", "duplicates", "filtered", "rejected")


def realtime(site_id: str, timezone: str, live: Live, now: int) -> Answer:
    """`data` of /api/realtime."""
    online = [each.session for each in live.sessions if each.session.is_online(now)]
    return {
        "site_id": site_id,
        "timezone": timezone,
        "timestamp": now,
        "online_visitors": len({session.visitor_id for session in online}),
        "active_sessions": len(live.sessions),
        "pages": _visitors_by("page", ((session.current_page, session) for session in online)),
        "last_5_minutes": _last_minutes(live.recent, now),
        "sources": _visitors_by("source", ((session.context.source, session) for session in online)),
        "countries": _visitors_by("country", ((session.context.country, session) for session in online)),
    }


def _visitors_by(name: str, pairs: Iterable[tuple[str, Session]]) -> list[Answer]:
    seen: dict[str, set[str]] = {}
    for value, session in pairs:
        seen.setdefault(value, set()).add(session.visitor_id)
    ordered = sorted(seen.items(), key=lambda item: (-len(item[1]), item[0]))
    return [{name: value, "visitors": len(visitors)} for value, visitors in ordered[:_LONGEST_LIST]]


def _last_minutes(recent: dict[tuple[int, str], int], now: int) -> Answer:
    by_type: dict[str, int] = {}
    first = (now - RECENT_MS) // MINUTE_MS * MINUTE_MS
    by_minute = {start: [0, 0] for start in range(first, now + 1, MINUTE_MS)}
    for (second, event_type), events in recent.items():
        by_type[event_type] = by_type.get(event_type, 0) + events
        minute = by_minute[second * 1000 // MINUTE_MS * MINUTE_MS]
        minute[0] += events
        minute[1] += events if event_type == PAGE_VIEW else 0
    return {
        "events": sum(by_type.values()),
        "page_views": by_type.get(PAGE_VIEW, 0),
        "by_type": dict(sorted(by_type.items(), key=lambda item: (-item[1], item[0]))),
        "by_minute": [
            {"time": start, "events": events, "page_views": views} for start, (events, views) in by_minute.items()
        ],
    }


def active_session(live: PublicSession) -> Answer:
    """One row of /api/sessions/active/. `duration` in ms; `user_id` is null for a visitor that was derived."""
    session = live.session
    return {
        "session_id": live.public_id,
        "user_id": None if session.visitor_id.startswith(ANONYMOUS) else session.visitor_id,
        "visitor": session.visitor_id,
        "started_at": session.started_at,
        "last_activity": session.last_activity,
        "entry_page": session.entry_page,
        "current_page": session.current_page,
        "duration": session.duration,
        "events": session.events,
        "page_views": session.page_views,
        "source": session.context.source,
        "country": session.context.country,
        "browser": session.context.browser,
        "os": session.context.os,
        "device": session.context.device,
    }


def session(found: PublicSession, now: int) -> Answer:
    """A session in full: as an active one, with how it ended and everything that its first event tells."""
    whole = found.session
    return {
        **active_session(found),
        "site_id": whole.site_id,
        "is_active": whole.is_active(now),
        "exit_page": whole.exit_page,
        "is_bounce": whole.is_bounce,
        "interactions": whole.interactions,
        "conversions": whole.conversions,
        **whole.context._asdict(),
    }


def event(stored: StoredEvent, context: Context) -> Answer:
    """One event: what the client sent, and what was derived from it; `context` is that of its session's first event.

    `referrer` is the event's own, as host and path; empty when it is the site itself.
    """
    return {
        "event_id": stored.event_id,
        "site_id": stored.site_id,
        "session_id": stored.session_id,
        "visitor": stored.visitor_id,
        "timestamp": stored.timestamp,
        "received_at": stored.received_at,
        "event_type": stored.event_type,
        "page_url": stored.page_url,
        "page": stored.page,
        "page_title": stored.page_title,
        "user_agent": stored.user_agent,
        "conversion_type": stored.conversion_type,
        "value": stored.value,
        "currency": stored.currency,
        "engaged_ms": stored.engaged_ms,
        "scroll_depth": stored.scroll_depth,
        **stored.sent,
        "referrer": stored.context.referrer,
        "source": context.source,
        "channel": context.channel,
        "country": context.country,
        "region": context.region,
        "browser": context.browser,
        "os": context.os,
        "device": context.device,
        "properties": stored.properties,
    }


def feed_event(stored: StoredEvent) -> Answer:
    """One event of the live feed: enough to show, and nothing more. Only arrivals from elsewhere have a `source`."""
    context = stored.context
    return {
        "event_id": stored.event_id,
        "site_id": stored.site_id,
        "session_id": stored.session_id,
        "visitor": stored.visitor_id,
        "timestamp": stored.timestamp,
        "event_type": stored.event_type,
        "page_url": stored.page_url,
        "page": stored.page,
        "page_title": stored.page_title,
        "element_text": stored.sent.get("element_text", ""),
        "conversion_type": stored.conversion_type,
        "value": stored.value,
        "currency": stored.currency,
        "source": "" if context.source == DIRECT else context.source,
        "country": context.country,
        "device": context.device,
        "properties": stored.properties,
    }


def breakdown(result: Result, name: str, metrics: tuple[str, ...]) -> list[Answer]:
    """Rows of one dimension as objects: {"page": "/", "visitors": 3, ...}."""
    return [{name: row.dimensions[0], **dict(zip(metrics, row.metrics, strict=True))} for row in result.rows]


def ledger(rows: list[LedgerRow]) -> Answer:
    """`data` of /api/ledger: a line for every site and hour, and the totals. Received is their sum."""
    hours: dict[tuple[int, str], Answer] = {}
    total = _empty_line()
    for row in rows:
        line = hours.setdefault((row.hour, row.site_id), {"site_id": row.site_id, "hour": row.hour, **_empty_line()})
        for each in (line, total):
            each["received"] += row.events
            each[row.outcome] += row.events
            if row.reason:
                reasons = each["reasons"].setdefault(row.outcome, {})
                reasons[row.reason] = reasons.get(row.reason, 0) + row.events
    return {"total": total, "hours": list(hours.values())}


def _empty_line() -> Answer:
    return {"received": 0, **dict.fromkeys(_OUTCOMES, 0), "reasons": {}}


def vocabulary() -> Answer:
    """`data` of /api/vocabulary: what can be asked, and what every word means, in English and Korean."""
    return {
        "metrics": [
            _word(each)
            | {"scope": each.scope, "unit": each.unit, "better": each.better, "parametrised": each.parametrised}
            for each in METRICS.values()
        ],
        "dimensions": [_word(each) | {"scope": each.scope} for each in DIMENSIONS.values()],
        "property_prefix": PROPERTY,
        "operators": [_word(each) for each in OPERATOR_WORDS],
        "periods": [_word(each) for each in PERIOD_WORDS],
        "comparisons": [_word(each) for each in COMPARISON_WORDS],
        "definitions": [_word(each) for each in DEFINITIONS],
    }


def _word(term: Metric | Dimension | Definition) -> Answer:
    return {
        "name": term.name,
        "label": {"en": term.en, "ko": term.ko},
        "definition": {"en": term.definition, "ko": term.definition_ko},
    }
