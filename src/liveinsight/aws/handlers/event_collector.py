"""POST /api/events."""

from __future__ import annotations

from liveinsight.aws.apps import collector
from liveinsight.aws.counts import collected
from liveinsight.aws.opening import front_proof, open_lambda

_analytics = open_lambda()
_analytics.prepare()  # the lists are read while the environment starts, not while the first visitor waits
handler = collector(_analytics, collected, front_proof())
