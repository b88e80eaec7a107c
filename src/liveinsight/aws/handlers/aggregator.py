"""What the collector wrote, by the stream of the events table, into sessions, statistics and ledger."""

from __future__ import annotations

from liveinsight.aws.counts import folded
from liveinsight.aws.delivery import Deliveries
from liveinsight.aws.opening import open_fold
from liveinsight.service import now_ms

handler = Deliveries(open_fold(), folded, now_ms)
