"""Folding what a stream delivered, with what cannot be folded told apart; and deliveries as Lambda makes them."""

from __future__ import annotations

import logging
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from liveinsight.errors import StoreUnavailable
from liveinsight.store.dynamodb.aggregator import LaneStuck
from liveinsight.store.dynamodb.client import read_item
from liveinsight.store.dynamodb.failures import code_of, is_about_content

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from liveinsight.store.dynamodb.aggregator import Aggregator
    from liveinsight.store.dynamodb.client import Item
    from liveinsight.store.dynamodb.leases import Leases

logger = logging.getLogger(__name__)

LAMBDA = "lambda"  # all functions tell of their work under this name
_TELL_EVERY_S = 30.0


def fold_each(aggregator: Aggregator, images: Sequence[Item]) -> set[int]:
    """Fold items of the events table; gives the places of those that cannot be folded, which is logged.

    All others are. Raises StoreUnavailable, or what DynamoDB answered, when that has nothing to do with the items: then
    deliver all again.
    """
    try:
        aggregator.fold(images)
    except LaneStuck as error:
        logger.exception("%s", error.message, extra={"site": error.lane.site_id, "lane": error.lane.number})
        held = {place for place, image in enumerate(images) if error.lane in aggregator.lanes_of(image)}
        others = [place for place in range(len(images)) if place not in held]
        return held | {others[place] for place in fold_each(aggregator, [images[place] for place in others])}
    except Exception as error:
        if not is_about_content(error):
            raise
        if len(images) == 1:
            logger.exception("a record of the stream cannot be folded")
            return {0}
        middle = len(images) // 2
        rest = fold_each(aggregator, images[middle:])
        return fold_each(aggregator, images[:middle]) | {middle + place for place in rest}
    return set()


class Delivery:
    """Takes what Lambda delivers from the stream of the events table, in the JSON of its events."""

    def __init__(self, aggregator: Aggregator, leases: Leases) -> None:
        self._aggregator = aggregator
        self._leases = leases
        self._told_at = -_TELL_EVERY_S

    def take(self, event: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
        """Fold the records of an event; gives what a function answers that has ReportBatchItemFailures switched on.

        `{"batchItemFailures": [{"itemIdentifier": sequence number}, ...]}`: the records that were not folded, oldest
        first; empty when all were. Lambda delivers from the first of them again, which counts nothing twice. It raises
        nothing on account of a record, but StoreUnavailable or what DynamoDB answered when that has nothing to do with
        the records: then Lambda counts a failure of the function, and delivers all of them again.
        """
        failed: list[str] = []
        numbers: list[str] = []
        images: list[Item] = []
        for record in event.get("Records", ()):
            if record.get("eventName") != "INSERT":  # an event that went by TTL
                continue
            number = str(record["dynamodb"]["SequenceNumber"])
            try:
                images.append(image_of(record))
            except (ValueError, LookupError, TypeError, AttributeError):
                logger.exception("a record of the stream cannot be read")
                failed.append(number)
            else:
                numbers.append(number)
        counts = {"records": len(images) + len(failed)}
        failed += [numbers[place] for place in self._fold(images)]
        counts["failed"] = len(failed)
        logger.info("records of a delivery: %(records)d, not folded: %(failed)d", counts, extra=counts)
        return {"batchItemFailures": [{"itemIdentifier": number} for number in sorted(failed, key=int)]}

    def _fold(self, images: list[Item]) -> set[int]:
        try:
            failed = fold_each(self._aggregator, images)
            if time.monotonic() - self._told_at > _TELL_EVERY_S:
                self._told_at = time.monotonic()
                self._leases.stop()  # works now, and may be frozen until the next delivery
        except (StoreUnavailable, BotoCoreError, ClientError) as error:
            logger.warning("DynamoDB does not take what was delivered (%s): it has to come again", code_of(error))
            raise
        return failed


def image_of(record: Mapping[str, Any]) -> Item:
    """The new item of a record as Lambda delivers it: like DynamoDB's own, with bytes as base64."""
    return read_item(
        {
            name: {"B": b64decode(value["B"], validate=True)} if "B" in value else value
            for name, value in record["dynamodb"]["NewImage"].items()
        }
    )
