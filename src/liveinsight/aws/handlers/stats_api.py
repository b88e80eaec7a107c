"""GET /api/stats, /api/statistics/..., POST /api/query, everything else that readers ask, and the pages."""

from __future__ import annotations

from liveinsight.aws.apps import stats
from liveinsight.aws.opening import front_proof, open_lambda, readers_token

_analytics = open_lambda()
handler = stats(_analytics, readers_token(_analytics.settings), front_proof())
