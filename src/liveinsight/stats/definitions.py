"""The words that are neither metric nor dimension: what a session is, who is online. Beside `vocabulary`, as data."""

from __future__ import annotations

from typing import NamedTuple


class Definition(NamedTuple):
    """A word and what it means, in every home."""

    name: str
    en: str
    ko: str
    definition: str
    definition_ko: str


DEFINITIONS = (
    Definition(
        "site",
        "Site",
        "사이트",
        "Events with one site_id; without one, the host of the page's address without www.",
        "같은 site_id의 이벤트. site_id가 없으면 페이지 주소의 호스트에서 www.를 뺀 이름.",
    ),
    Definition(
        "page_view",
        "Page view",
        "페이지뷰",
        "An event of type page_view.",
        "page_view 유형의 이벤트.",
    ),
    Definition(
        "presence",
        "Presence event",
        "접속 이벤트",
        "An event of type heartbeat, page_exit, scroll or web_vital: somebody is there, and did nothing on purpose.",
        "heartbeat, page_exit, scroll, web_vital 유형의 이벤트. 머물고 있음을 알릴 뿐 의도한 행동은 아님.",
    ),
    Definition(
        "interaction",
        "Interaction",
        "상호작용",
        "An event of any other type, such as click, conversion or one of your own.",
        "그 밖의 모든 이벤트. 예를 들어 click, conversion, 직접 정한 유형.",
    ),
    Definition(
        "visitor",
        "Visitor",
        "방문자",
        "Who the site says it is, by user_id; otherwise a keyed hash of site, address and browser. Its salt "
        "changes every UTC day and is destroyed within 48 hours, so without a user_id a visitor is new every "
        "day.",
        "사이트가 user_id로 알려 준 사람. 없으면 사이트, 주소, 브라우저의 키 해시. 솔트는 매일(UTC) 바뀌고 "
        "48시간 안에 폐기되므로, user_id가 없는 방문자는 날마다 새 방문자.",
    ),
    Definition(
        "session",
        "Session",
        "세션",
        "The events of one session_id on a site, with no gap of more than 30 minutes; after a longer one the "
        "next session begins. Late events join the session that they happened in.",
        "한 사이트에서 session_id가 같고 30분을 넘는 공백이 없는 이벤트들. 더 오래 쉬면 다음 세션이 시작되며, "
        "늦게 도착한 이벤트는 일어난 때의 세션에 들어감.",
    ),
    Definition(
        "bounce",
        "Bounce",
        "이탈",
        "A session with at most one page view and no interaction.",
        "페이지뷰가 하나 이하이고 상호작용이 없는 세션.",
    ),
    Definition(
        "duration",
        "Duration",
        "체류 시간",
        "Time from the first event of a session to its last.",
        "세션의 첫 이벤트부터 마지막 이벤트까지의 시간.",
    ),
    Definition(
        "active_session",
        "Active session",
        "활성 세션",
        "A session whose last event is at most 30 minutes old.",
        "마지막 이벤트가 30분 이내인 세션.",
    ),
    Definition(
        "online",
        "Online",
        "접속 중",
        "Visitors of sessions with an event in the last 5 minutes that have not left: a page_exit counts as "
        "leaving after 10 seconds without another event.",
        "최근 5분 안에 이벤트가 있고 떠나지 않은 세션의 방문자. page_exit 뒤 10초 동안 다른 이벤트가 없으면 떠난 것.",
    ),
    Definition(
        "page_visit",
        "Page visit",
        "페이지 방문",
        "A session on one page, however often it came back to it.",
        "한 세션이 한 페이지에 머문 것. 여러 번 돌아와도 하나.",
    ),
    Definition(
        "period",
        "Period",
        "기간",
        "From its start up to, and without, its end, on the clock of the site's time zone. The day of a clock "
        "change has 23 or 25 hours.",
        "시작 시각부터 끝 시각 직전까지, 사이트 시간대의 시계 기준. 시계가 바뀌는 날은 23시간 또는 25시간.",
    ),
    Definition(
        "comparison",
        "Comparison",
        "비교",
        "The same question about as many days just before, or about the same dates of the year before. The "
        "first part of a time dimension is compared with the first, the second with the second.",
        "바로 앞의 같은 일수, 또는 1년 전 같은 날짜에 대한 같은 질문. 시간 차원에서는 첫째 구간을 첫째 "
        "구간과, 둘째를 둘째와 비교.",
    ),
    Definition(
        "change",
        "Change",
        "변화율",
        "The number minus the compared one, divided by the compared one; none when that is 0.",
        "현재 값에서 비교 값을 빼고 비교 값으로 나눈 것. 비교 값이 0이면 없음.",
    ),
    Definition(
        "goal",
        "Goal",
        "목표",
        "What counts as a success: an event for which all filters of the goal hold.",
        "성공으로 치는 것: 목표의 모든 필터를 만족하는 이벤트.",
    ),
    Definition(
        "funnel",
        "Funnel",
        "퍼널",
        "Steps one after the other, in one session, or by one visitor within so many days. Each session or "
        "visitor counts with the attempt that got furthest.",
        "한 세션 안에서, 또는 한 방문자가 정해진 일수 안에 차례로 밟는 단계. 가장 멀리 간 시도로 셈.",
    ),
    Definition(
        "drop_off",
        "Drop-off",
        "중도 이탈",
        "Those who reached a step of a funnel and not the next.",
        "퍼널의 한 단계에 도달했지만 다음 단계에는 이르지 못한 수.",
    ),
    Definition(
        "retention",
        "Retention",
        "재방문",
        "Of the visitors whose first visit was in one day, week or month, how many had an event in each one after it.",
        "첫 방문이 같은 날, 주, 달인 방문자 가운데 그 뒤 각 날, 주, 달에 이벤트가 있는 수.",
    ),
    Definition(
        "journey",
        "Journey",
        "경로",
        "The pages that sessions saw before and after a page, from their first view of it in the period. The "
        "same page several times running is one.",
        "기간 안에 한 페이지를 처음 본 때를 기준으로, 세션이 그 앞뒤에 본 페이지들. 같은 페이지가 이어지면 하나로 봄.",
    ),
    Definition(
        "ledger",
        "Ledger",
        "원장",
        "For every site and hour: received = stored + duplicates + filtered + rejected, with the reason of "
        "the last two.",
        "사이트와 시간마다: 수신 = 저장 + 중복 + 걸러냄 + 거부. 마지막 둘은 이유와 함께.",
    ),
)
