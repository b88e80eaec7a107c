"""Deliveries of a DynamoDB stream, as Lambda hands them over."""

from __future__ import annotations

import base64
import logging
from typing import TYPE_CHECKING, Any

from liveinsight.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Record = dict[str, Any]
    Item = dict[str, Any]

logger = logging.getLogger(__name__)


class Deliveries:
    """The function that Lambda calls. `fold` takes items in any order and any number of times, each once.

    `told` hears how many records were taken in and how long (ms) the oldest had waited; `clock` gives ms.
    """

    def __init__(
        self, fold: Callable[[Iterable[Item]], None], told: Callable[[int, int], None], clock: Callable[[], int]
    ) -> None:
        self._fold = fold
        self._told = told
        self._clock = clock

    def __call__(self, event: dict[str, Any], _context: Any) -> dict[str, Any]:
        """The answer that ReportBatchItemFailures asks for. Raises StoreUnavailable: all of it comes again.

        A record that cannot be read must not hold up those behind it: it is named, Lambda tries it a few times more
        and then leaves it to the failure destination.
        """
        records = [record for record in event["Records"] if record["eventName"] == "INSERT"]
        if not records:
            return {"batchItemFailures": []}
        try:
            self._take(records)
        except StoreUnavailable:
            raise
        except Exception:
            bad = self._first_bad(records)["dynamodb"]["SequenceNumber"]
            logger.exception("a record of the stream cannot be folded", extra={"sequence_number": bad})
            return {"batchItemFailures": [{"itemIdentifier": bad}]}
        created = min(record["dynamodb"]["ApproximateCreationDateTime"] for record in records)
        self._told(len(records), max(self._clock() - round(created * 1000), 0))
        return {"batchItemFailures": []}

    def _take(self, records: list[Record]) -> None:
        self._fold([_item(record["dynamodb"]["NewImage"]) for record in records])

    def _first_bad(self, records: list[Record]) -> Record:
        """The first record that cannot be folded, of a delivery that cannot; those before it are folded."""
        while len(records) > 1:
            half = records[: len(records) // 2]
            try:
                self._take(half)
            except StoreUnavailable:
                raise
            except Exception:  # noqa: BLE001  whatever it is: it will be raised again, and logged then
                records = half
            else:
                records = records[len(half) :]
        return records[0]


def _item(image: dict[str, dict[str, str]]) -> Item:
    """An item with its types; Lambda gives binaries as base64."""
    return {name: _value(*typed) for name, value in image.items() for typed in value.items()}


def _value(kind: str, text: str) -> Any:
    if kind == "B":
        return base64.b64decode(text)
    return int(text) if kind == "N" else text
