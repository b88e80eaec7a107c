"""The example's settings, with what a test says about LiveInsight."""

from __future__ import annotations

import json
import os

from shop.settings import *  # type: ignore[import-not-found]  # noqa: F403
from shop.settings import LIVEINSIGHT

LIVEINSIGHT = {**LIVEINSIGHT, **json.loads(os.environ.get("SHOP_LIVEINSIGHT", "{}"))}
