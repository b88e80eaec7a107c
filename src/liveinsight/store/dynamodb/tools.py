"""What a store hands to its larger works, which change what is stored: purging and reprocessing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from liveinsight.store.dynamodb.aggregator import Aggregator
    from liveinsight.store.dynamodb.cells.kept import Kept
    from liveinsight.store.dynamodb.chains import Chains
    from liveinsight.store.dynamodb.claiming import Claims
    from liveinsight.store.dynamodb.client import Client
    from liveinsight.store.dynamodb.lanes import Lanes
    from liveinsight.store.dynamodb.reading import Reading


class Tools(NamedTuple):
    """The parts of one store."""

    client: Client
    chains: Chains
    lanes: Lanes
    aggregator: Aggregator
    reading: Reading
    copies: Kept
    claims: Claims
