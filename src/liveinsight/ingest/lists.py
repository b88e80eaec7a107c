"""The kept lists, all at once."""

from __future__ import annotations

from liveinsight.ingest.bot import bot_reason
from liveinsight.ingest.device import device_of
from liveinsight.ingest.sources import source_of_name
from liveinsight.ingest.zone_country import country_of_zone


def load_lists() -> None:
    """Read every list now: else the first event waits a quarter of a second for them. Raises StartError."""
    for read in (bot_reason, device_of, source_of_name, country_of_zone):
        read("-")
