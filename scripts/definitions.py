"""Write docs/definitions.md and docs/definitions.ko.md from the vocabulary. Run it as `make definitions`.

With `--check` nothing is written: it fails when a page is not what would be written.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from liveinsight.stats.definitions import DEFINITIONS, Definition
from liveinsight.stats.vocabulary import DIMENSIONS, METRICS, PROPERTY, Dimension, Metric
from liveinsight.stats.words import COMPARISON_WORDS, OPERATOR_WORDS, PERIOD_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

DOCS = Path(__file__).resolve().parent.parent / "docs"


class Words(NamedTuple):
    """What the page itself says in one language."""

    title: str
    intro: str
    other: str
    words: str
    metrics: str
    dimensions: str
    operators: str
    periods: str
    comparisons: str
    property: str
    head: tuple[str, str, str]  # name in queries, name for people, meaning
    counts: str
    level: str
    unit: str
    better: str
    scopes: dict[str, str]
    units: dict[str, str]
    which: dict[str | None, str]


ENGLISH = Words(
    title="What the numbers mean",
    intro="API, dashboard and this page take every name and sentence from one place in the code.",
    other="[한국어](definitions.ko.md)",
    words="Words",
    metrics="Metrics",
    dimensions="Dimensions",
    operators="Operators of filters",
    periods="Periods",
    comparisons="Comparisons",
    property="Any property of your own events is a dimension of the event too",
    head=("in queries", "name", "meaning"),
    counts="counts",
    level="level",
    unit="unit",
    better="better",
    scopes={"event": "event", "session": "session", "page visit": "page visit", "time": "time"},
    units={
        "count": "count",
        "ratio": "0 to 1",
        "ms": "milliseconds",
        "percent": "0 to 100",
        "number": "number",
        "money": "money",
    },
    which={"higher": "higher", "lower": "lower", None: ""},
)
KOREAN = Words(
    title="숫자의 뜻",
    intro="API, 대시보드, 이 문서는 모든 이름과 문장을 코드의 한 곳에서 가져옵니다.",
    other="[English](definitions.md)",
    words="용어",
    metrics="지표",
    dimensions="차원",
    operators="필터의 연산자",
    periods="기간",
    comparisons="비교",
    property="직접 보낸 이벤트의 속성도 이벤트의 차원입니다",
    head=("쿼리 이름", "이름", "뜻"),
    counts="세는 것",
    level="수준",
    unit="단위",
    better="좋은 쪽",
    scopes={"event": "이벤트", "session": "세션", "page visit": "페이지 방문", "time": "시간"},
    units={"count": "개수", "ratio": "0~1", "ms": "밀리초", "percent": "0~100", "number": "수", "money": "금액"},
    which={"higher": "높을수록", "lower": "낮을수록", None: ""},
)
_GENERATED = "<!-- Made by `make definitions` from src/liveinsight/stats: do not edit. -->"


def page(words: Words, *, korean: bool) -> str:
    """The whole page."""

    def name(term: Metric | Dimension | Definition) -> str:
        return term.ko if korean else term.en

    def meaning(term: Metric | Dimension | Definition) -> str:
        return term.definition_ko if korean else term.definition

    in_queries, called, means = words.head
    parts = [
        f"# {words.title}\n\n{_GENERATED}\n\n{words.intro} {words.other}",
        f"## {words.words}\n\n{_table((called, means), ((name(each), meaning(each)) for each in DEFINITIONS))}",
        f"## {words.metrics}\n\n"
        + _table(
            (in_queries, called, words.counts, words.unit, words.better, means),
            (
                (
                    " ".join(f"`{form}`" for form in (each.name, each.parametrised) if form),
                    name(each),
                    words.scopes[each.scope],
                    words.units[each.unit],
                    words.which[each.better],
                    meaning(each),
                )
                for each in METRICS.values()
            ),
        ),
        f"## {words.dimensions}\n\n"
        + _table(
            (in_queries, called, words.level, means),
            ((f"`{each.name}`", name(each), words.scopes[each.scope], meaning(each)) for each in DIMENSIONS.values()),
        )
        + f"\n\n{words.property}: `{PROPERTY}plan`.",
        *(
            f"## {title}\n\n"
            + _table((in_queries, called, means), ((f"`{each.name}`", name(each), meaning(each)) for each in listed))
            for title, listed in (
                (words.operators, OPERATOR_WORDS),
                (words.periods, PERIOD_WORDS),
                (words.comparisons, COMPARISON_WORDS),
            )
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


PAGES = {"definitions.md": page(ENGLISH, korean=False), "definitions.ko.md": page(KOREAN, korean=True)}


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; gives the exit code."""
    stale = [name for name, text in PAGES.items() if not _is(DOCS / name, text)]
    if "--check" in arguments:
        if stale:
            print(f"docs/{', docs/'.join(stale)} differ from the vocabulary: run `make definitions`.", file=sys.stderr)
        return bool(stale)
    for name in stale:
        (DOCS / name).write_text(PAGES[name], encoding="utf-8")
        print(f"docs/{name} written")
    return 0


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
