"""The answers as the OpenAPI document shows them. `liveinsight.answers` builds them; tests compare the two."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from liveinsight.models.events import Scalar

Data = TypeVar("Data")
Count = int
Number = int | float


class Shape(BaseModel):
    """Keys may be added to an answer; those documented stay."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)


class Failure(Shape):
    """Every error."""

    status: Literal["error"]
    message: str = Field(description="One plain sentence.")
    code: str = Field(description="Stable, for programs.")
    details: list[dict[str, Any]] = Field(description="What exactly, when several things may be wrong.")


class Success(Shape, Generic[Data]):
    """The envelope of answers that are objects."""

    status: Literal["success"]
    data: Data


class Rejection(Shape):
    """An event of a batch that was not accepted; `index` counts from 0."""

    index: int
    field: str
    message: str


class Collected(Shape):
    """What became of the events of a request."""

    accepted: Count
    duplicates: Count
    filtered: Count = Field(description="Well formed, but not to be counted: bots.")
    rejected: list[Rejection]


class PageVisitors(Shape):
    """Visitors on a page."""

    page: str
    visitors: Count


class SourceVisitors(Shape):
    """Visitors from a source."""

    source: str
    visitors: Count


class CountryVisitors(Shape):
    """Visitors from a country; empty when unknown."""

    country: str
    visitors: Count


class Minute(Shape):
    """The events of one minute; `time` in ms is its start."""

    time: int
    events: Count
    page_views: Count


class LastMinutes(Shape):
    """The last five minutes."""

    events: Count
    page_views: Count
    by_type: dict[str, Count]
    by_minute: list[Minute]


class Realtime(Shape):
    """Now, on one site."""

    site_id: str = Field(description="Empty before the first event.")
    timezone: str = Field(description="Of the site's reports.")
    timestamp: int = Field(description="Now, ms since the epoch.")
    online_visitors: Count
    active_sessions: Count
    pages: list[PageVisitors]
    last_5_minutes: LastMinutes
    sources: list[SourceVisitors]
    countries: list[CountryVisitors]


class ActiveSession(Shape):
    """A session with an event in the last 30 minutes. Times and `duration` in ms."""

    session_id: str
    user_id: str | None = Field(description="null when the site does not send one.")
    visitor: str
    started_at: int
    last_activity: int
    entry_page: str
    current_page: str
    duration: int
    events: Count
    page_views: Count
    source: str
    country: str
    browser: str
    os: str
    device: str


class Session(ActiveSession):
    """A session in full, ended or not. What its first event tells is empty where it is unknown."""

    site_id: str
    is_active: bool
    exit_page: str
    is_bounce: bool
    interactions: Count
    conversions: Count
    hostname: str
    referrer: str
    channel: str
    utm_source: str
    utm_medium: str
    utm_campaign: str
    utm_term: str
    utm_content: str
    region: str
    browser_version: str
    os_version: str
    screen: str
    screen_class: str
    language: str


class SessionEvent(Shape):
    """One event of a session: what the client sent, and what was derived from it."""

    event_id: str
    site_id: str
    session_id: str
    visitor: str
    timestamp: int
    received_at: int
    event_type: str
    page_url: str
    page: str
    page_title: str
    conversion_type: str
    value: float | None
    currency: str
    engaged_ms: int | None = Field(description="Time the page was looked at since the event before that said so.")
    scroll_depth: int | None = Field(description="How much of the page was seen, percent.")
    referrer: str = Field(description="Host and path of the page that linked here; empty for one of the same site.")
    source: str
    channel: str
    country: str
    region: str
    browser: str
    os: str
    device: str
    properties: dict[str, Scalar]


class SessionDetail(Shape):
    """A session, its events from the oldest, and up to 20 earlier sessions of its visitor, the latest first.

    No earlier ones also where the store refuses to look for them, as `/api/visitors/{visitor}/sessions/` says.
    """

    session: Session
    events: list[SessionEvent]
    earlier: list[Session]


class LedgerLine(Shape):
    """received = stored + duplicates + filtered + rejected.

    A request that was answered 429 or 503 was not received: its client keeps the events and sends them again.
    """

    received: Count
    stored: Count
    duplicates: Count
    filtered: Count
    rejected: Count
    reasons: dict[str, dict[str, Count]] = Field(examples=[{"rejected": {"too_old": 3}}])


class LedgerHour(LedgerLine):
    """One site's UTC hour; `hour` in ms is its start."""

    site_id: str
    hour: int


class Ledger(Shape):
    """What was received, and what became of it."""

    start: int = Field(alias="from", description="ms since the epoch, a full hour of UTC")
    end: int = Field(alias="to")
    total: LedgerLine
    hours: list[LedgerHour]


class Site(Shape):
    """A site, how many events it has, and what is set for it: by itself, else by the settings."""

    site_id: str
    events: Count
    timezone: str
    retention_days: int = Field(description="For how long its events are kept, by itself or the settings. 0: for ever.")
    created_at: int | None = Field(description="When it was saved, ms since the epoch; null when it is not.")
    last_event_at: int | None = Field(
        description="When the latest event arrived, ms since the epoch; before the server's last start, the hour of it."
    )
    saved: bool


class SiteList(Shape):
    """Busiest first."""

    sites: list[Site]
    accepts_any: bool = Field(description="Whether the collector also takes events of sites that are not here.")


class AtWork(Shape):
    """An aggregator: a random name, how far behind it is, and of how many shards of the stream it takes care."""

    worker: str
    lag_ms: int
    shards: int
    stuck: Count = Field(description="Shares of sites' sessions that stand still; its log says which, and what to do.")


class Aggregation(Shape):
    """Whether what is collected is counted, too."""

    is_running: bool | None = Field(description="Null where functions aggregate, which run when something comes.")
    lag_ms: int | None = Field(description="Of the aggregator that is furthest behind; null when none is at work.")
    workers: list[AtWork]
    idle_since: int | None = Field(description="When the last one was seen; null while one is, or when none ever was.")
    message: str = Field(description="One plain sentence for a person.")


class Health(Shape):
    """Process and store are alive."""

    status: Literal["ok"]
    version: str
    aggregation: Aggregation | None = Field(default=None, description="Only where the store is DynamoDB.")
