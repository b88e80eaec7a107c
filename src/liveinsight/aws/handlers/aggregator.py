"""What the collector wrote, by the stream of the events table, into sessions, statistics and ledger."""

from __future__ import annotations

from liveinsight.aws.aggregation import Aggregation
from liveinsight.aws.counts import folded
from liveinsight.aws.opening import open_lambda_delivery
from liveinsight.service import now_ms

handler = Aggregation(open_lambda_delivery().take, folded, now_ms)
