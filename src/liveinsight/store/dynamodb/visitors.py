"""The sessions of one visitor: the latest first, until there are enough of them.

What it reads does not grow with the site's traffic. A visitor with a user id has a list of his own; who is anonymous is
looked for in those of some days, for his sessions lie in them.
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

    Listed = tuple[set[str], int]  # client session ids; whatever comes after them began before that moment (ms)

MAX_SESSIONS = 2000  # client session ids of one visitor that are read beyond what is asked for
_AT_ONCE = 50  # of them
_DAYS_AT_ONCE = 8  # the events of an anonymous visitor came in one day, some of them up to seven days late


def visitor_sessions(client: Client, chains: Chains, lanes: Lanes, question: VisitorSessions) -> list[PublicSession]:
    """See VisitorSessions. Raises InvalidInput (unsupported_query) for somebody who is everybody."""
    known: set[str] = set()
    visits: list[Visit] = []
    found: list[PublicSession] = []
    is_anonymous = question.visitor_id.startswith(ANONYMOUS)
    for ids, since in _by_days(client, lanes, question) if is_anonymous else _own(client, question):
        new, known = ids - known, known | ids
        if len(known) > MAX_SESSIONS + question.limit:
            raise _too_many()
        for state in chains.read_many([keys.Chain(question.site_id, each) for each in sorted(new)]):
            visits += state.visits()
        found = answer(question, visits)
        if len(found) == question.limit and found[-1].session.started_at >= since:
            break
    return found


def _own(client: Client, question: VisitorSessions) -> Iterator[Listed]:
    """What is listed of a visitor, from the day after: who logs in after midnight was that visitor before."""
    pk = keys.of_visitor(question.site_id, keys.listing(0, question.visitor_id))
    last = keys.day(min(question.before, keys.LATEST) + DAY_MS)
    entries = client.query(client.names.sessions, pk, "", last + keys.AFTER, latest_first=True)
    while part := [item["sk"] for item in islice(entries, _AT_ONCE)]:
        yield set(map(keys.session_of_entry, part)), keys.midnight(keys.parts_of(part[-1])[0]) + DAY_MS


def _by_days(client: Client, lanes: Lanes, question: VisitorSessions) -> Iterator[Listed]:
    """What is listed of a visitor with all others of some days, from the day after, until there is no more."""
    days = [day for day in lanes.days(question.site_id) if day < question.before + DAY_MS][::-1]
    is_found = False
    for at in range(0, len(days), _DAYS_AT_ONCE):
        some = days[at : at + _DAYS_AT_ONCE]
        ids = _of_days(client, lanes, question, some)
        if is_found and not ids:
            return
        is_found = is_found or bool(ids)
        yield ids, some[-1]


def _of_days(client: Client, lanes: Lanes, question: VisitorSessions, days: list[int]) -> set[str]:
    def read(asked: tuple[Lane, int]) -> list[str]:
        lane, day = asked
        listed = keys.listing(day, question.visitor_id)
        pk, low, high = keys.of_lane("days", lane, listed.day[:7]), keys.joined(*listed, ""), keys.joined(*listed)
        entries = client.query(client.names.sessions, pk, low, high + keys.AFTER)
        return [keys.session_of_entry(item["sk"]) for item in islice(entries, MAX_SESSIONS + question.limit + 1)]

    asked = [(lane, day) for day in days for lane in lanes.of_site(question.site_id)]
    return {session_id for part in client.parallel(read, asked) for session_id in part}


def _too_many() -> InvalidInput:
    msg = (
        f"Over {MAX_SESSIONS:,} sessions of a short time are of this visitor, so it is not one person: send a user_id"
        " of its own for each, or none."
    )
    return InvalidInput(msg, code="unsupported_query")
