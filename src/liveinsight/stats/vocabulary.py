"""The metrics and dimensions: one name, one definition, in every home. API, docs and dashboard read them from here."""

from __future__ import annotations

from typing import NamedTuple

EVENT = "event"
SESSION = "session"
TIME = "time"


class Metric(NamedTuple):
    """A number one can ask for. `scope` says what is counted: events of the period, or sessions started in it."""

    name: str
    scope: str
    unit: str
    en: str
    ko: str
    definition: str


class Dimension(NamedTuple):
    """Something to group or filter by. Session-level ones are fixed by the session's first event."""

    name: str
    scope: str
    en: str
    ko: str
    definition: str


_METRICS = (
    Metric("events", EVENT, "count", "Events", "이벤트", "Stored events of every type."),
    Metric("page_views", EVENT, "count", "Page views", "페이지뷰", "Events of type page_view."),
    Metric("visitors", EVENT, "count", "Visitors", "방문자", "Distinct visitors with an event in the period."),
    Metric("conversions", EVENT, "count", "Conversions", "전환", "Events of type conversion."),
    Metric(
        "conversion_rate",
        EVENT,
        "ratio",
        "Conversion rate",
        "전환율",
        "Distinct visitors with a conversion divided by visitors.",
    ),
    Metric("sessions", SESSION, "count", "Sessions", "세션", "Sessions started in the period."),
    Metric(
        "bounce_rate",
        SESSION,
        "ratio",
        "Bounce rate",
        "이탈률",
        "Share of sessions with at most one page view and no interaction.",
    ),
    Metric(
        "avg_duration",
        SESSION,
        "ms",
        "Average duration",
        "평균 체류 시간",
        "Mean of last minus first event time of the sessions.",
    ),
    Metric(
        "views_per_session",
        SESSION,
        "number",
        "Views per session",
        "세션당 페이지뷰",
        "Page views of the sessions divided by sessions.",
    ),
)

_DIMENSIONS = (
    Dimension("minute", TIME, "Minute", "분", "Minute of the clock."),
    Dimension("hour", TIME, "Hour", "시간", "Hour of the site's clock."),
    Dimension("day", TIME, "Day", "일", "Day of the site's calendar."),
    Dimension("week", TIME, "Week", "주", "Week of the site's calendar, from Monday."),
    Dimension("month", TIME, "Month", "월", "Month of the site's calendar."),
    Dimension("page", EVENT, "Page", "페이지", "Path of the page's address."),
    Dimension("page_title", EVENT, "Page title", "페이지 제목", "Title the page had."),
    Dimension("event_type", EVENT, "Event type", "이벤트 유형", "Type of the event."),
    Dimension("conversion_type", EVENT, "Conversion type", "전환 유형", "Type of the conversion."),
    Dimension("entry_page", SESSION, "Entry page", "유입 페이지", "Page of the session's first page view."),
    Dimension("exit_page", SESSION, "Exit page", "이탈 페이지", "Page of the session's last page view."),
    Dimension("hostname", SESSION, "Host", "호스트", "Host of the page's address."),
    Dimension("referrer", SESSION, "Referrer", "리퍼러", "Host and path of the page that linked here."),
    Dimension("source", SESSION, "Source", "소스", "Where the visit came from."),
    Dimension("channel", SESSION, "Channel", "채널", "Kind of source."),
    Dimension("utm_source", SESSION, "Campaign source", "캠페인 소스", "Tag utm_source of the entry address."),
    Dimension("utm_medium", SESSION, "Campaign medium", "캠페인 매체", "Tag utm_medium of the entry address."),
    Dimension("utm_campaign", SESSION, "Campaign", "캠페인", "Tag utm_campaign of the entry address."),
    Dimension("utm_term", SESSION, "Campaign term", "캠페인 검색어", "Tag utm_term of the entry address."),
    Dimension("utm_content", SESSION, "Campaign content", "캠페인 콘텐츠", "Tag utm_content of the entry address."),
    Dimension("country", SESSION, "Country", "국가", "Two-letter code of the visitor's country."),
    Dimension("region", SESSION, "Region", "지역", "Region within the country."),
    Dimension("browser", SESSION, "Browser", "브라우저", "Name of the browser."),
    Dimension("browser_version", SESSION, "Browser version", "브라우저 버전", "Major version of the browser."),
    Dimension("os", SESSION, "System", "운영체제", "Name of the operating system."),
    Dimension("os_version", SESSION, "System version", "운영체제 버전", "Major version of the operating system."),
    Dimension("device", SESSION, "Device", "기기", "desktop, mobile or tablet."),
    Dimension("screen", SESSION, "Screen", "화면", "Size of the screen."),
    Dimension("language", SESSION, "Language", "언어", "Language of the browser."),
)

METRICS = {metric.name: metric for metric in _METRICS}
DIMENSIONS = {dimension.name: dimension for dimension in _DIMENSIONS}
INTERVALS = tuple(name for name, dimension in DIMENSIONS.items() if dimension.scope == TIME)
PROPERTY = "prop:"  # any custom property is an event-level dimension: prop:plan


def dimension_scope(name: str) -> str | None:
    """`event`, `session` or `time`; None for a name that is no dimension."""
    if name.startswith(PROPERTY) and len(name) > len(PROPERTY):
        return EVENT
    dimension = DIMENSIONS.get(name)
    return dimension.scope if dimension else None
