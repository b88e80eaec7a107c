"""Who reads which shard of the stream, and how far each one is: items of the stats table.

A lease only shares the work out. Two workers on one shard at once do it twice and change nothing: `lanes` says why. So
a clock that is off, a worker that slept and woke up, a position that is a moment old are all harmless.

A worker tells every `BEAT_S` seconds that it lives; its leases hold for as long as it does. So what a lease costs does
not grow with the number of shards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from liveinsight.store.dynamodb import keys
from liveinsight.store.dynamodb.codec import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from liveinsight.store.base import Clock
    from liveinsight.store.dynamodb.client import Client, Item
    from liveinsight.store.dynamodb.lifetimes import Lifetimes

BEAT_S = 3.0
LEASE_S = 10.0  # so long after its last beat a worker counts as dead
_PARTITION = "stream"
_SHARD, _WORKER = "shard", "worker"


class Lease(NamedTuple):
    """Who reads a shard, "" for nobody; how far it is; whether it is at its end for ever."""

    holder: str = ""
    position: str = ""
    is_finished: bool = False


class Beat(NamedTuple):
    """What a worker told last: when (ms), until when that holds, how far behind it was (ms), how many shards it had.

    `stuck`: what holds up each of the lanes that stand still, as the code of an error.
    """

    worker: str
    at: int
    until: int
    lag: int
    shards: int
    stuck: Sequence[str] = ()


class Leases:
    """The leases on the shards of one stream, as one worker sees them."""

    def __init__(self, client: Client, lifetimes: Lifetimes, clock: Clock, arn: str, worker: str) -> None:
        self.worker = worker
        self._client = client
        self._table = client.names.stats
        self._lifetimes = lifetimes
        self._clock = clock
        self._arn = arn

    def look(self) -> tuple[dict[str, Lease], list[Beat]]:
        """The leases by shard, and all workers that told something, this one too."""
        leases: dict[str, Lease] = {}
        beats = []
        for item in self._client.query(self._table, _PARTITION, now=True):
            kind, *rest = keys.parts_of(item["sk"])
            if kind == _WORKER:
                beats.append(_beat(item))
            elif rest[0] == self._arn:  # else of a stream that there was before
                leases[rest[1]] = Lease(item.get("holder", ""), item.get("position", ""), bool(item.get("finished", 0)))
        return leases, beats

    def beat(self, lag: int, shards: int, stuck: Sequence[str]) -> None:
        """This worker lives."""
        now = self._clock()
        self._tell(Beat(self.worker, now, now + round(LEASE_S * 1000), lag, shards, stuck))

    def stop(self) -> None:
        """This worker is about to end. What it told stays, to know since when nobody works."""
        now = self._clock()
        self._tell(Beat(self.worker, now, now, 0, 0))

    def forget(self, workers: Collection[str]) -> None:
        """Remove what workers told that are dead."""
        self._client.write_many(self._table, deletes=[_key(_WORKER, worker) for worker in workers])

    def take(self, shard: str, holder: str) -> bool:
        """Lease a shard that nobody has, or that `holder` has, who is dead. False: somebody else was quicker."""
        key = _key(_SHARD, self._arn, shard)
        condition = "attribute_not_exists(holder) OR holder = :old"
        return self._client.update(self._table, key, "SET holder = :me", condition, me=self.worker, old=holder)

    def save(self, shard: str, position: str, *, release: bool = False, finished: bool = False) -> bool:
        """Write down how far a shard is, and with `release` let go of it. False: it is somebody else's by now."""
        item = {
            **_key(_SHARD, self._arn, shard),
            "holder": "" if release or finished else self.worker,
            "position": position,
            "finished": int(finished),
            **(self._lifetimes.of_finished() if finished else self._lifetimes.of_emptied()),
        }
        return self._client.put(self._table, item, "holder = :me", me=self.worker)

    def _tell(self, beat: Beat) -> None:
        item = {
            **_key(_WORKER, beat.worker),
            "at": beat.at,
            "until": beat.until,
            "lag": beat.lag,
            "shards": beat.shards,
            "stuck": pack(beat.stuck),
            **self._lifetimes.of_emptied(),
        }
        self._client.put(self._table, item)


def beats(client: Client) -> list[Beat]:
    """What all workers told last."""
    first, last = keys.joined(_WORKER), f"{keys.joined(_WORKER)}{keys.AFTER}"
    return [_beat(item) for item in client.query(client.names.stats, _PARTITION, first, last)]


def share(shards: int, held: Mapping[str, int], worker: str) -> int:
    """How many shards are a worker's, of workers that hold so many.

    All get the same number, or one more: those that hold more now, so that nothing changes hands without need.
    """
    order = sorted(held, key=lambda each: (-held[each], each))
    least, rest = divmod(shards, len(order))
    return least + (order.index(worker) < rest)


def held_by(workers: Iterable[str], leases: Mapping[str, Lease], shards: Iterable[str]) -> dict[str, int]:
    """How many of the shards each of the workers holds."""
    holders = [leases[shard].holder for shard in shards if shard in leases]
    return {worker: holders.count(worker) for worker in workers}


def _key(*parts: str) -> Item:
    return {"pk": _PARTITION, "sk": keys.joined(*parts)}


def _beat(item: Item) -> Beat:
    return Beat(
        keys.parts_of(item["sk"])[1], item["at"], item["until"], item["lag"], item["shards"], unpack(item["stuck"])
    )
