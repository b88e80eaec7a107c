"""The answers of reports as the OpenAPI document shows them: `liveinsight.reports` builds them, tests compare."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from liveinsight.wire.shapes import Count, Number, Shape

Change = dict[str, float | None]  # by metric: 0.5 is half as much again; null: from nothing


class Hour(Shape):
    """One hour of the site's clock; `count` are its events."""

    hour: str = Field(examples=["2026-11-21 15:00"])
    time: int = Field(description="Its start, ms since the epoch.")
    count: Count
    page_views: Count
    visitors: Count


class Summary(Shape):
    """The totals of a period, each under its own name."""

    site_id: str
    start: int | None = Field(alias="from", description="ms since the epoch; null for everything that is kept")
    end: int | None = Field(alias="to")
    timezone: str
    visitors: Count
    sessions: Count
    page_views: Count
    events: Count
    bounce_rate: float
    avg_duration: float
    views_per_session: float
    conversions: Count
    conversion_rate: float
    comparison: dict[str, Number] | None
    change: Change | None


class PageCount(Shape):
    """How often a page was viewed."""

    page: str
    views: Count
    visitors: Count


class ReferrerCount(Shape):
    """Who came over a page that linked here."""

    referrer: str
    visitors: Count
    sessions: Count


class GoalRate(Shape):
    """How often a goal was reached."""

    goal: str = Field(description="Its id.")
    name: str
    conversions: Count
    conversion_rate: float
    converted_sessions: Count
    session_conversion_rate: float


class Stats(Shape):
    """A period at a glance. Each breakdown has objects of one dimension and its metrics, largest first."""

    site_id: str
    start: int = Field(alias="from", description="ms since the epoch")
    end: int = Field(alias="to", description="ms since the epoch, not included")
    timezone: str
    interval: str
    summary: dict[str, Number]
    comparison: dict[str, Number] | None
    change: Change | None
    timeseries: list[dict[str, Number]]
    pages: list[dict[str, str | Number]]
    sources: list[dict[str, str | Number]]
    referrers: list[dict[str, str | Number]]
    countries: list[dict[str, str | Number]]
    browsers: list[dict[str, str | Number]]
    systems: list[dict[str, str | Number]]
    devices: list[dict[str, str | Number]]
    conversions: list[dict[str, str | Number]]


class ResultRow(Shape):
    """Values in the order asked. Of a time dimension: the start of its part in ms."""

    dimensions: list[str | int]
    metrics: list[Number]
    comparison: list[Number] | None = Field(
        default=None, description="The metrics in the period compared with; null for a part that it does not have."
    )
    change: list[float | None] | None = Field(default=None, description="0.5: half as much again. null: from nothing.")


class QueryResult(Shape):
    """The answer to a query: the asked page of its rows, and how many there are in all."""

    query: dict[str, Any] = Field(description="The query as understood, every default filled in.")
    rows: list[ResultRow]
    total_rows: Count


class FunnelStep(Shape):
    """A step of a funnel."""

    step: int = Field(description="From 1.")
    name: str | None
    reached: Count
    rate: float = Field(description="Of those who reached the first step.")
    rate_from_previous: float
    dropped: Count = Field(description="Reached it and went no further.")
    median_ms: Number = Field(description="Median time from the step before.")


class FunnelResult(Shape):
    """How many went from step to step."""

    query: dict[str, Any]
    counted: Literal["sessions", "visitors"]
    steps: list[FunnelStep]


class CohortResult(Shape):
    """The visitors whose first visit was in one day, week or month."""

    time: int = Field(description="Its start, ms since the epoch.")
    label: str = Field(examples=["2026-11-16"])
    visitors: Count
    returned: list[Count] = Field(description="How many came in it, in the next one, ...: as many as have begun.")
    rates: list[float]


class RetentionResult(Shape):
    """Who came back, by first visit."""

    query: dict[str, Any]
    cohorts: list[CohortResult]


class JourneyLink(Shape):
    """Sessions that moved from page to page: as their `step`-th move after the page, or -1, -2, ... before it."""

    step: int
    origin: str | None = Field(alias="from", description="null: the session began.")
    target: str | None = Field(alias="to", description="null: the session ended.")
    sessions: Count


class JourneyResult(Shape):
    """The pages before and after a page."""

    query: dict[str, Any]
    sessions: Count = Field(description="Those that saw the page.")
    links: list[JourneyLink]
    others: dict[str, Count] = Field(description="By step: sessions that are in none of its links.")


class Neighbour(Shape):
    """A page seen next, or before; null is the end, or the beginning, of the session."""

    page: str | None
    sessions: Count


class Clicked(Shape):
    """What was clicked."""

    element: str
    events: Count
    visitors: Count


class PageSource(Shape):
    """Where those who saw the page came from."""

    source: str
    visitors: Count
    page_views: Count


class PageResult(Shape):
    """One page in detail."""

    query: dict[str, Any]
    page: str
    summary: dict[str, Number]
    comparison: dict[str, Number] | None
    change: Change | None
    timeseries: list[dict[str, Number]]
    next: list[Neighbour]
    previous: list[Neighbour]
    clicks: list[Clicked]
    sources: list[PageSource]


class SavedGoal(Shape):
    """A goal; `filters` as in a query."""

    id: str
    name: str
    filters: list[dict[str, Any]]


class GoalList(Shape):
    """By name."""

    goals: list[SavedGoal]


class SavedFunnel(Shape):
    """A funnel; each step has `filters` or `goal`, and may have a `name`."""

    id: str
    name: str
    steps: list[dict[str, Any]]
    days: int


class FunnelList(Shape):
    """By name."""

    funnels: list[SavedFunnel]


class SavedSegment(Shape):
    """A segment; `filters` as in a query."""

    id: str
    name: str
    filters: list[dict[str, Any]]


class SegmentList(Shape):
    """By name."""

    segments: list[SavedSegment]


class Languages(Shape):
    """A text in English and Korean."""

    en: str
    ko: str


class Word(Shape):
    """A word and what it means."""

    name: str
    label: Languages
    definition: Languages


class DimensionWord(Word):
    """Something to group or filter by."""

    scope: Literal["event", "session", "time"]


class MetricWord(Word):
    """A number to ask for. `scope` says what it counts."""

    scope: Literal["event", "session", "page visit"]
    unit: Literal["count", "ratio", "ms", "percent", "number", "money"]
    better: Literal["higher", "lower"] | None = Field(description="What an owner would rather have; null: neither.")
    parametrised: str | None = Field(description="How it is asked for with more said.", examples=["revenue:{currency}"])


class Vocabulary(Shape):
    """What can be asked, and what the words mean.

    Every metric goes with every dimension; only `revenue` needs a currency: in its name, as dimension or as filter.
    """

    metrics: list[MetricWord]
    dimensions: list[DimensionWord]
    property_prefix: str = Field(description="Before the name of a custom property, this makes a dimension.")
    operators: list[Word]
    periods: list[Word] = Field(description="Those with names of their own; any number of hours, days, months is one.")
    comparisons: list[Word]
    definitions: list[Word]
