"""A worker in a process of its own, on a stream that has more shards than DynamoDB Local's: `python -m` this.

Takes the number of shards, and runs until it is stopped. Settings come from the environment.
"""

from __future__ import annotations

import signal
import sys
from threading import Event

from liveinsight.bootstrap import open_dynamodb
from liveinsight.settings import from_environment
from liveinsight.store.dynamodb import leases
from liveinsight.store.dynamodb.client import aws_client
from liveinsight.store.dynamodb.following import Following
from tests.dynamodb_store.shards import ManyShards


def main() -> None:
    leases.BEAT_S, leases.LEASE_S = 0.3, 2.0
    settings = from_environment()
    store = open_dynamodb(settings)
    following = Following(store.open_worker(ManyShards(aws_client(settings, "dynamodbstreams"), int(sys.argv[1]))))
    stopped = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    following.start()
    stopped.wait()
    following.stop()
    store.close()


if __name__ == "__main__":
    main()
