"""The metrics and dimensions: one name, one definition, in every home. API, docs and dashboard read them from here."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Collection

EVENT = "event"
SESSION = "session"
VISIT = "page visit"
TIME = "time"


class Metric(NamedTuple):
    """A number one can ask for.

    `scope` says what is counted: events of the period, sessions started in it, or page visits (a session on one page).
    `unit` is count, ratio (0 to 1), ms, percent (0 to 100), number or money. `better`: whether an owner would rather
    have it higher or lower; None where that says nothing. `parametrised`: how it is asked for with more said.
    """

    name: str
    scope: str
    unit: str
    en: str
    ko: str
    definition: str
    definition_ko: str
    better: str | None = "higher"
    parametrised: str | None = None


class Dimension(NamedTuple):
    """Something to group or filter by. Session-level ones are fixed by the session's first event."""

    name: str
    scope: str
    en: str
    ko: str
    definition: str
    definition_ko: str


_METRICS = (
    Metric(
        "events", EVENT, "count", "Events", "이벤트", "Stored events of every type.", "저장된 모든 유형의 이벤트 수."
    ),
    Metric("page_views", EVENT, "count", "Page views", "페이지뷰", "Events of type page_view.", "page_view 이벤트 수."),
    Metric(
        "visitors",
        EVENT,
        "count",
        "Visitors",
        "방문자",
        "Distinct visitors with an event in the period.",
        "기간 안에 이벤트가 있는 서로 다른 방문자 수.",
    ),
    Metric(
        "percentage",
        EVENT,
        "ratio",
        "Share of visitors",
        "방문자 비율",
        "Visitors of the row divided by all visitors of the question.",
        "이 행의 방문자를 질문 전체의 방문자로 나눈 값.",
        better=None,
    ),
    Metric(
        "entries",
        EVENT,
        "count",
        "Entries",
        "유입",
        "Page views that were the first of their session.",
        "세션의 첫 페이지뷰인 페이지뷰 수.",
    ),
    Metric(
        "exits",
        EVENT,
        "count",
        "Exits",
        "종료",
        "Page views that were the last of their session, so far.",
        "지금까지 세션의 마지막 페이지뷰인 페이지뷰 수.",
        better=None,
    ),
    Metric(
        "exit_rate",
        EVENT,
        "ratio",
        "Exit rate",
        "종료율",
        "Exits divided by page views.",
        "종료를 페이지뷰로 나눈 값.",
        better="lower",
    ),
    Metric(
        "conversions",
        EVENT,
        "count",
        "Conversions",
        "전환",
        "Events of type conversion, or those that reach the goal that was asked for.",
        "conversion 이벤트, 또는 요청한 목표에 도달한 이벤트 수.",
    ),
    Metric(
        "conversion_rate",
        EVENT,
        "ratio",
        "Conversion rate",
        "전환율",
        "Distinct visitors with a conversion divided by visitors.",
        "전환한 서로 다른 방문자를 방문자로 나눈 값.",
    ),
    Metric(
        "revenue",
        EVENT,
        "money",
        "Revenue",
        "매출",
        "Sum of the values of conversions in one currency.",
        "한 통화로 된 전환 값의 합.",
        parametrised="revenue:{currency}",
    ),
    Metric(
        "sessions",
        SESSION,
        "count",
        "Sessions",
        "세션",
        "Sessions started in the period.",
        "기간 안에 시작된 세션 수.",
    ),
    Metric(
        "bounce_rate",
        SESSION,
        "ratio",
        "Bounce rate",
        "이탈률",
        "Share of sessions with at most one page view and no interaction.",
        "페이지뷰가 하나 이하이고 상호작용이 없는 세션의 비율.",
        better="lower",
    ),
    Metric(
        "avg_duration",
        SESSION,
        "ms",
        "Average duration",
        "평균 체류 시간",
        "Mean of last minus first event time of the sessions.",
        "세션의 마지막 이벤트 시각에서 첫 이벤트 시각을 뺀 값의 평균.",
    ),
    Metric(
        "views_per_session",
        SESSION,
        "number",
        "Views per session",
        "세션당 페이지뷰",
        "Page views of the sessions divided by sessions.",
        "세션의 페이지뷰를 세션 수로 나눈 값.",
    ),
    Metric(
        "converted_sessions",
        SESSION,
        "count",
        "Converted sessions",
        "전환 세션",
        "Sessions with a conversion, whenever in the session.",
        "언제든 전환이 있는 세션 수.",
    ),
    Metric(
        "session_conversion_rate",
        SESSION,
        "ratio",
        "Session conversion rate",
        "세션 전환율",
        "Converted sessions divided by sessions.",
        "전환 세션을 세션 수로 나눈 값.",
    ),
    Metric(
        "time_on_page",
        VISIT,
        "ms",
        "Time on page",
        "페이지 체류 시간",
        "Mean time that a session was engaged with a page, of the page visits that reported it.",
        "세션이 한 페이지에 머물며 실제로 본 시간의 평균(보고된 페이지 방문 기준).",
    ),
    Metric(
        "scroll_depth",
        VISIT,
        "percent",
        "Scroll depth",
        "스크롤 깊이",
        "Mean of how far down a session saw a page, of the page visits that reported it.",
        "세션이 한 페이지를 가장 깊이 본 지점의 평균(보고된 페이지 방문 기준).",
    ),
)

_DIMENSIONS = (
    Dimension("minute", TIME, "Minute", "분", "Minute of the clock.", "시계의 분."),
    Dimension("hour", TIME, "Hour", "시간", "Hour of the site's clock.", "사이트 시계의 시간."),
    Dimension("day", TIME, "Day", "일", "Day of the site's calendar.", "사이트 달력의 날."),
    Dimension("week", TIME, "Week", "주", "Week of the site's calendar, from Monday.", "사이트 달력의 주(월요일부터)."),
    Dimension("month", TIME, "Month", "월", "Month of the site's calendar.", "사이트 달력의 달."),
    Dimension("page", EVENT, "Page", "페이지", "Path of the page's address.", "페이지 주소의 경로."),
    Dimension("page_title", EVENT, "Page title", "페이지 제목", "Title the page had.", "페이지의 제목."),
    Dimension("event_type", EVENT, "Event type", "이벤트 유형", "Type of the event.", "이벤트의 유형."),
    Dimension("conversion_type", EVENT, "Conversion type", "전환 유형", "Type of the conversion.", "전환의 유형."),
    Dimension("currency", EVENT, "Currency", "통화", "Currency of the event's value.", "이벤트 값의 통화."),
    Dimension(
        "element",
        EVENT,
        "Element",
        "요소",
        "What was clicked: its tag, #id and text.",
        "클릭한 요소: 태그, #id, 텍스트.",
    ),
    Dimension(
        "entry_page",
        SESSION,
        "Entry page",
        "유입 페이지",
        "Page of the session's first page view.",
        "세션 첫 페이지뷰의 페이지.",
    ),
    Dimension(
        "exit_page",
        SESSION,
        "Exit page",
        "종료 페이지",
        "Page of the session's last page view.",
        "세션 마지막 페이지뷰의 페이지.",
    ),
    Dimension("hostname", SESSION, "Host", "호스트", "Host of the page's address.", "페이지 주소의 호스트."),
    Dimension(
        "referrer",
        SESSION,
        "Referrer",
        "리퍼러",
        "Host and path of the page that linked here.",
        "이곳으로 링크한 페이지의 호스트와 경로.",
    ),
    Dimension("source", SESSION, "Source", "소스", "Where the visit came from.", "방문이 온 곳."),
    Dimension("channel", SESSION, "Channel", "채널", "Kind of source.", "소스의 종류."),
    Dimension(
        "utm_source",
        SESSION,
        "Campaign source",
        "캠페인 소스",
        "Tag utm_source of the entry address.",
        "유입 주소의 utm_source 태그.",
    ),
    Dimension(
        "utm_medium",
        SESSION,
        "Campaign medium",
        "캠페인 매체",
        "Tag utm_medium of the entry address.",
        "유입 주소의 utm_medium 태그.",
    ),
    Dimension(
        "utm_campaign",
        SESSION,
        "Campaign",
        "캠페인",
        "Tag utm_campaign of the entry address.",
        "유입 주소의 utm_campaign 태그.",
    ),
    Dimension(
        "utm_term",
        SESSION,
        "Campaign term",
        "캠페인 검색어",
        "Tag utm_term of the entry address.",
        "유입 주소의 utm_term 태그.",
    ),
    Dimension(
        "utm_content",
        SESSION,
        "Campaign content",
        "캠페인 콘텐츠",
        "Tag utm_content of the entry address.",
        "유입 주소의 utm_content 태그.",
    ),
    Dimension(
        "country",
        SESSION,
        "Country",
        "국가",
        "Two-letter code of the visitor's country.",
        "방문자 국가의 두 글자 코드.",
    ),
    Dimension("region", SESSION, "Region", "지역", "Region within the country.", "국가 안의 지역."),
    Dimension("browser", SESSION, "Browser", "브라우저", "Name of the browser.", "브라우저 이름."),
    Dimension(
        "browser_version",
        SESSION,
        "Browser version",
        "브라우저 버전",
        "Major version of the browser.",
        "브라우저의 주 버전.",
    ),
    Dimension("os", SESSION, "System", "운영체제", "Name of the operating system.", "운영체제 이름."),
    Dimension(
        "os_version",
        SESSION,
        "System version",
        "운영체제 버전",
        "Major version of the operating system.",
        "운영체제의 주 버전.",
    ),
    Dimension(
        "device", SESSION, "Device", "기기", "desktop, mobile or tablet.", "desktop, mobile, tablet 가운데 하나."
    ),
    Dimension("screen", SESSION, "Screen", "화면", "Size of the screen.", "화면 크기."),
    Dimension(
        "screen_class",
        SESSION,
        "Screen class",
        "화면 등급",
        "Width of the screen: phone, tablet, laptop or desktop.",
        "화면 너비: phone, tablet, laptop, desktop 가운데 하나.",
    ),
    Dimension("language", SESSION, "Language", "언어", "Language of the browser.", "브라우저 언어."),
)

METRICS = {metric.name: metric for metric in _METRICS}
DIMENSIONS = {dimension.name: dimension for dimension in _DIMENSIONS}
INTERVALS = tuple(name for name, dimension in DIMENSIONS.items() if dimension.scope == TIME)
PROPERTY = "prop:"  # any custom property is an event-level dimension: prop:plan
_REVENUE_IN = re.compile(r"revenue:([A-Z]{3})")  # revenue:KRW is the revenue in that currency


def metric_of(name: str) -> Metric | None:
    """The metric of that name, `revenue:KRW` and its like included."""
    return METRICS.get("revenue" if _REVENUE_IN.fullmatch(name) else name)


def currency_of(name: str) -> str | None:
    """The currency that a revenue metric names."""
    named = _REVENUE_IN.fullmatch(name)
    return named[1] if named else None


def dimension_scope(name: str) -> str | None:
    """`event`, `session` or `time`; None for a name that is no dimension."""
    if name.startswith(PROPERTY) and len(name) > len(PROPERTY):
        return EVENT
    dimension = DIMENSIONS.get(name)
    return dimension.scope if dimension else None


def check_name(kind: str, name: str, known: Collection[str], *, is_known: bool) -> None:
    """Raises InvalidInput for a name that is not known, with the nearest that is."""
    if is_known:
        return
    near = _in_a_currency(name) or get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(known)}."
    msg = f"There is no {kind} {name[:60]!r} here.{hint}"
    raise InvalidInput(msg, code=f"unknown_{kind}")


def _in_a_currency(name: str) -> list[str]:
    """What was meant by `revenue:krw`."""
    metric, is_in_one, currency = name.partition(":")
    if metric != "revenue" or not is_in_one:
        return []
    meant = f"{metric}:{currency.upper()}"
    return [meant if currency_of(meant) else f"{metric}:KRW"]
