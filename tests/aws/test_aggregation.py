"""The aggregator's function: deliveries go to the store, and the log says how far behind the numbers are."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from liveinsight.aws.aggregation import Aggregation
from liveinsight.aws.counts import folded
from liveinsight.logs import JsonFormatter
from tests.factories import NOON

if TYPE_CHECKING:
    from collections.abc import Mapping

LATER = NOON + 1500


def record(number: int, kind: str = "INSERT", age_s: float = 0) -> dict[str, Any]:
    created = NOON / 1000 - age_s
    return {"eventName": kind, "dynamodb": {"SequenceNumber": str(number), "ApproximateCreationDateTime": created}}


def failing(*numbers: int) -> Any:
    def take(_: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
        return {"batchItemFailures": [{"itemIdentifier": str(number)} for number in numbers]}

    return take


@pytest.fixture(autouse=True)
def _logs(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEINSIGHT_STACK", "shop")
    caplog.set_level(logging.INFO, "liveinsight.aws")


def test_the_log_says_how_many_were_folded_and_how_long_the_oldest_waited(caplog: pytest.LogCaptureFixture) -> None:
    function = Aggregation(failing(2), folded, lambda: LATER)
    delivery = {"Records": [record(1), record(2, age_s=3), record(3, "REMOVE", age_s=90)]}
    assert function(delivery, None) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    line = json.loads(JsonFormatter().format(caplog.records[-1]))
    assert (line["RecordsFolded"], line["AggregatorLag"], line["Stack"]) == (1, 4500, "shop")
    [described] = line["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "LiveInsight"
    assert {"Name": "AggregatorLag", "Unit": "Milliseconds"} in described["Metrics"]


def test_what_expires_is_not_counted(caplog: pytest.LogCaptureFixture) -> None:
    assert Aggregation(failing(), folded, lambda: LATER)({"Records": [record(1, "REMOVE")]}, None) == {
        "batchItemFailures": []
    }
    assert not caplog.records
