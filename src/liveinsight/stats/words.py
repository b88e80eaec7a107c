"""The words of a question that are neither metric nor dimension: operators of filters, named periods, comparisons."""

from __future__ import annotations

from liveinsight.stats.definitions import Definition

OPERATOR_WORDS = (
    Definition(
        "is",
        "is",
        "같음",
        "The value is one of those given, letter by letter.",
        "값이 주어진 것 가운데 하나와 글자까지 같음.",
    ),
    Definition("is_not", "is not", "같지 않음", "The value is none of those given.", "값이 주어진 어느 것과도 다름."),
    Definition(
        "contains",
        "contains",
        "포함",
        "One of those given stands somewhere in the value.",
        "주어진 것 가운데 하나가 값 안에 있음.",
    ),
    Definition(
        "starts_with",
        "starts with",
        "(으)로 시작",
        "The value begins with one of those given.",
        "값이 주어진 것 가운데 하나로 시작함.",
    ),
    Definition(
        "matches",
        "matches",
        "패턴 일치",
        "The whole value is of one of the patterns given, in which * stands for any characters or none.",
        "값 전체가 주어진 패턴 가운데 하나와 맞음. *는 임의의 글자들(없어도 됨).",
    ),
)
PERIOD_WORDS = (
    Definition("today", "Today", "오늘", "From the last midnight to the next.", "지난 자정부터 다음 자정까지."),
    Definition("yesterday", "Yesterday", "어제", "The day before today.", "오늘의 전날."),
    Definition(
        "24h",
        "Last 24 hours",
        "최근 24시간",
        "24 full hours to the end of this one; any number of hours is a period.",
        "지금 시간의 끝까지 24시간. 다른 시간 수도 가능.",
    ),
    Definition(
        "7d",
        "Last 7 days",
        "최근 7일",
        "7 days to the end of today; any number of days is a period.",
        "오늘의 끝까지 7일. 다른 일수도 가능.",
    ),
    Definition("30d", "Last 30 days", "최근 30일", "30 days to the end of today.", "오늘의 끝까지 30일."),
    Definition(
        "12mo",
        "Last 12 months",
        "최근 12개월",
        "12 calendar months to the end of today; any number of months is a period.",
        "오늘의 끝까지 달력상 12개월. 다른 개월 수도 가능.",
    ),
)
COMPARISON_WORDS = (
    Definition("none", "No comparison", "비교 안 함", "With nothing.", "비교하지 않음."),
    Definition(
        "previous",
        "Period before",
        "직전 기간",
        "With as many days, or as much time, just before.",
        "바로 앞의 같은 일수 또는 같은 길이와 비교.",
    ),
    Definition(
        "year",
        "Year before",
        "전년 동기",
        "With the same dates of the year before.",
        "1년 전 같은 날짜와 비교.",
    ),
)
