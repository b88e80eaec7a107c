"""Every report of the benchmark's list, on fewer events: the store against an independent computation in Polars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.independent.asked import END, SITE, Report, reports
from benchmarks.machine import BenchmarkError
from benchmarks.reports import Compared, compared
from liveinsight.stats.period import Period
from liveinsight.stats.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.store.base import Store

EVENTS = 20_000


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compared]:
    with compared(EVENTS, tmp_path_factory.mktemp("reports_agree")) as pair:
        yield pair


@pytest.mark.parametrize("name", [report.name for report in reports("", [])])
def test_a_report_is_what_the_raw_events_say(both: Compared, name: str) -> None:
    [report] = [each for each in both.reports if each.name == name]
    assert both.check(report) > 0


def test_single_sessions_are_what_the_raw_events_say(both: Compared) -> None:
    found = [both.check(each) for each in both.reports if each.name == "events of a session"]
    assert len(found) > 1
    assert all(found)


def test_a_difference_is_told_with_the_report_and_both_values(both: Compared) -> None:
    def ask(store: Store) -> int:
        query = Query(site_id=SITE, metrics=("events",), period=Period(0, END))
        return int(store.run(query).rows[0].metrics[0]) + (store is both.store)

    with pytest.raises(BenchmarkError, match=r"^wrong: .* 20001, but independently 20000\.$"):
        both.check(Report("wrong", ask))
