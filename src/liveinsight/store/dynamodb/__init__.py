"""The distributed store: DynamoDB. How numbers stay exact without a transaction: ARCHITECTURE.md, and `lanes`."""

from __future__ import annotations

from liveinsight.store.dynamodb.store import DynamoDBStore

__all__ = ["DynamoDBStore"]
