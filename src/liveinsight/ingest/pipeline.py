"""The pipeline: what happens to an event between the request and the store, in order.

Each step reads and fills a `Draft`, or returns a `Refusal` that ends the event's way with a reason for the ledger.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic_core import to_json

from liveinsight.errors import InvalidInput
from liveinsight.ingest.bot import drop_bots
from liveinsight.ingest.client_hints import CLIENT_HINTS
from liveinsight.ingest.clock import repair_clock
from liveinsight.ingest.country import Countries
from liveinsight.ingest.device import put_device
from liveinsight.ingest.draft import Delivery, Draft
from liveinsight.ingest.outcome import FILTERED, UNKNOWN_SITE, Intake, Refusal, Refused
from liveinsight.ingest.page import put_page
from liveinsight.ingest.parse import read_envelope, read_event
from liveinsight.ingest.screen import screen_class
from liveinsight.ingest.source import put_source
from liveinsight.models.events import CUT, DERIVED, Context, FilteredEvent, StoredEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liveinsight.ingest.site import Sites
    from liveinsight.ingest.visitor import Visitors

    Step = Callable[[Draft], Refusal | None]

# What is kept of the client's fields as sent, and the length to which each is cut (None: the model limits it).
_SENT_FIELDS = tuple(
    (name, CUT.get(name))
    for name in (
        "user_id",
        "language",
        "timezone",
        "screen",
        "element_tag",
        "element_id",
        "element_class",
        "element_text",
    )
)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The steps, configured. One instance serves every request."""

    steps: tuple[Step, ...]
    keep_filtered: bool = False

    @classmethod
    def of(
        cls, sites: Sites, visitors: Visitors, countries: Countries | None = None, *, keep_filtered: bool = False
    ) -> Pipeline:
        """The pipeline of this product, in its order."""
        return cls(
            (
                sites.put_site,
                repair_clock,
                drop_bots,
                put_page,
                put_device,
                put_source,  # an app's browser is a source
                (countries or Countries()).put_country,
                visitors.put_visitor,
            ),
            keep_filtered,
        )

    def run(self, delivery: Delivery) -> tuple[Intake, InvalidInput | None]:
        """What became of a request's events; and, when its body could not be read at all, the error that says why."""
        try:
            envelope = read_envelope(delivery.body)
        except InvalidInput as error:
            return Intake.unreadable(delivery.received_at, error), error
        intake = Intake(delivery.received_at)
        for index, raw in enumerate(envelope.events):
            event = read_event(raw, suspicious=envelope.suspicious)
            if isinstance(event, Refusal):
                intake.refused.append(Refused(index, UNKNOWN_SITE, event))
                continue
            draft = Draft(event, delivery, envelope.sent_at)
            steps = iter(self.steps)
            refusal = _refuse(draft, steps)
            if refusal is None:
                intake.events.append(_finish(draft, raw))
                continue
            intake.refused.append(Refused(index, draft.site_id, refusal))
            if self.keep_filtered and refusal.outcome == FILTERED and _pass(draft, steps):
                intake.kept.append(FilteredEvent(refusal.reason, _finish(draft, raw)))
        return intake, None


def _refuse(draft: Draft, steps: Iterator[Step]) -> Refusal | None:
    for step in steps:
        refusal = step(draft)
        if refusal is not None:
            return refusal
    return None


def _pass(draft: Draft, steps: Iterator[Step]) -> bool:
    """Whether a filtered draft is whole after the steps that are left: none rejects it; it may be filtered again."""
    while refusal := _refuse(draft, steps):
        if refusal.outcome != FILTERED:
            return False
    return True


def _finish(draft: Draft, raw: dict[str, object]) -> StoredEvent:
    event = draft.event
    fields = event.__dict__  # a third of the time of asking the model for each
    sent = {name: fields[name][:length] for name, length in _SENT_FIELDS if fields[name]}
    if draft.clock:
        sent["clock"] = draft.clock
    if draft.hints:
        sent[CLIENT_HINTS] = draft.hints
    return StoredEvent(
        draft.site_id,
        draft.session_id,
        event.event_id or _content_id(raw),
        draft.timestamp,
        draft.delivery.received_at,
        event.event_type,
        draft.visitor_id,
        draft.page_url,
        draft.page,
        (event.page_title or "")[: CUT["page_title"]],
        draft.user_agent,
        event.conversion_type or "",
        event.value,
        (event.currency or "").upper(),
        sent,
        event.properties,
        Context(
            draft.hostname,
            draft.referrer,
            draft.source,
            draft.channel,
            *draft.campaign,
            draft.country,
            draft.region,
            *draft.device,
            screen=event.screen or "",
            language=event.language or "",
            screen_class=screen_class(event.screen or ""),
        ),
        event.engaged_ms,
        None if event.scroll_depth is None else int(event.scroll_depth + 0.5),
    )


def _content_id(raw: dict[str, object]) -> str:
    """An id for an event that came without one: the same content gives the same id, so that a retry counts once."""
    return DERIVED + hashlib.blake2b(to_json(raw), digest_size=16).hexdigest()
