"""GET /api/realtime, GET /api/sessions/..."""

from __future__ import annotations

from liveinsight.aws.apps import realtime
from liveinsight.aws.opening import front_proof, open_lambda, readers_token

_analytics = open_lambda()
handler = realtime(_analytics, readers_token(_analytics.settings), front_proof())
