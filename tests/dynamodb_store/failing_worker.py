"""A worker on a bad day, in a process of its own, until somebody kills it: `python -m` this.

Takes a seed for what goes wrong. Settings come from the environment.
"""

from __future__ import annotations

import sys
from random import Random
from threading import Event

from liveinsight.service import now_ms
from liveinsight.settings import from_environment
from liveinsight.store.dynamodb import DynamoDBStore, leases
from liveinsight.store.dynamodb.client import aws_client
from liveinsight.store.dynamodb.following import Following
from tests.dynamodb_store.faulty import Faulty, Late

SHARE = 0.01


def main() -> None:
    leases.BEAT_S, leases.LEASE_S = 0.3, 2.0
    settings = from_environment()
    aws = Faulty(aws_client(settings, "dynamodb"), Random(int(sys.argv[1])), Late())
    store = DynamoDBStore(settings, now_ms, aws)
    following = Following(store.open_worker())
    following.start()
    aws.begin(SHARE)
    Event().wait()


if __name__ == "__main__":
    main()
