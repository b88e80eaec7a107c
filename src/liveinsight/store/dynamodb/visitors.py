"""The sessions of one visitor: those of the latest days first, until there are enough of them.

What it reads does not grow with the site's traffic: for every day, what is listed of this visitor alone.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from liveinsight.errors import InvalidInput
from liveinsight.ingest.visitor import ANONYMOUS
from liveinsight.stats.period import DAY_MS
from liveinsight.store.dynamodb import keys
from liveinsight.store.plain import answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.stats.visits import PublicSession, VisitorSessions
    from liveinsight.store.dynamodb.chains import Chains
    from liveinsight.store.dynamodb.client import Client
    from liveinsight.store.dynamodb.keys import Lane
    from liveinsight.store.dynamodb.lanes import Lanes
    from liveinsight.store.plain import Visit

MAX_SESSIONS = 2000  # client session ids of one visitor in the days that are read at once
_DAYS_AT_ONCE = 8  # the events of an anonymous visitor came in one day, some of them up to seven days late


def visitor_sessions(client: Client, chains: Chains, lanes: Lanes, question: VisitorSessions) -> list[PublicSession]:
    """See VisitorSessions. Raises InvalidInput (unsupported_query) for somebody who is everybody."""
    known: set[str] = set()
    visits: list[Visit] = []
    found: list[PublicSession] = []
    for days in _back(lanes, question):
        ids = _listed(client, lanes, question, days)
        if known and not ids and question.visitor_id.startswith(ANONYMOUS):
            break
        if len(ids) > MAX_SESSIONS:
            raise _too_many()
        new, known = ids - known, known | ids
        for state in chains.read_many([keys.Chain(question.site_id, each) for each in sorted(new)]):
            visits += state.visits()
        found = answer(question, visits)
        # Whatever else there is began on days before these.
        if len(found) == question.limit and found[-1].session.started_at >= days[-1]:
            break
    return found


def _back(lanes: Lanes, question: VisitorSessions) -> Iterator[list[int]]:
    """The starts (ms) of the days that may tell of the sessions, the latest first, some at a time.

    It begins with the day after: who logs in after midnight was that visitor before.
    """
    days = [day for day in lanes.days(question.site_id) if day < question.before + DAY_MS][::-1]
    for at in range(0, len(days), _DAYS_AT_ONCE):
        yield days[at : at + _DAYS_AT_ONCE]


def _listed(client: Client, lanes: Lanes, question: VisitorSessions, days: list[int]) -> set[str]:
    """The client session ids with an event on one of the days of this visitor, and perhaps of others."""

    def read(asked: tuple[Lane, int]) -> list[str]:
        lane, day = asked
        listed = keys.listing(day, question.visitor_id)
        pk, low, high = keys.of_lane("days", lane, listed.day[:7]), keys.joined(*listed, ""), keys.joined(*listed)
        entries = client.query(client.names.sessions, pk, low, high + keys.AFTER)
        return [keys.session_of_entry(item["sk"]) for item in islice(entries, MAX_SESSIONS + 1)]

    asked = [(lane, day) for day in days for lane in lanes.of_site(question.site_id)]
    return {session_id for part in client.parallel(read, asked) for session_id in part}


def _too_many() -> InvalidInput:
    msg = (
        f"Over {MAX_SESSIONS:,} sessions of {_DAYS_AT_ONCE} days are of this visitor, so it is not one person: send a"
        " user_id of its own for each, or none."
    )
    return InvalidInput(msg, code="unsupported_query")
