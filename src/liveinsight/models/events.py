"""Events: as a tracker sends them (`Event`, `EventBatch`, validated) and as stores keep them (`StoredEvent`)."""

from __future__ import annotations

import re
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, model_validator

MAX_BATCH_EVENTS = 500
MAX_PROPERTIES = 30
MAX_PROPERTY_NAME = 64
MAX_PROPERTY_VALUE = 500
MAX_URL = 2048
MAX_VALUE = 1e15  # of money: beyond it, cents are lost
MAX_ENGAGED_MS = 24 * 60 * 60 * 1000
MAX_TIMESTAMP = 253_402_300_799_999  # the end of the year 9999, in ms: anything above is not in milliseconds

# Longer texts are cut to these lengths, not refused: a long title is no reason to lose a page view.
CUT = {"page_title": 500, "referrer": MAX_URL, "user_agent": 500, "element_class": 200, "element_text": 100}

PRESENCE_TYPES = frozenset({"heartbeat", "page_exit", "scroll", "web_vital"})
PAGE_VIEW = "page_view"
PAGE_EXIT = "page_exit"
CONVERSION = "conversion"

_LARGEST_WHOLE, _SMALLEST_PLAIN = 1e15, 1e-4  # between these, no number is written with an exponent

DERIVED = "~"  # begins the ids that are made from an event's content, for events that come without one

Scalar = str | int | float | bool | None
# Nearly every address is of this form, and need not be taken apart to be believed.
_PLAIN_URL = re.compile(r"https?://[a-z0-9.-]*[a-z0-9](?::\d{1,4})?/[^\x00-\x20\x7f]*\Z")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def is_interaction(event_type: str) -> bool:
    """True for every type that is neither a page view nor a presence event (design: definitions)."""
    return event_type != PAGE_VIEW and event_type not in PRESENCE_TYPES


def _absolute_url(url: str) -> str:
    if _PLAIN_URL.match(url):
        return url
    if not url[:8].lower().startswith(("http://", "https://")):
        msg = "must be an absolute address that starts with http:// or https://"
        raise ValueError(msg)
    if _CONTROL.search(url):
        msg = "must not contain spaces or control characters"
        raise ValueError(msg)
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018  reading it is what checks the port
    except ValueError:
        host = None
    if not host:
        msg = "must name a host"
        raise ValueError(msg)
    return url


def _scalars(properties: dict[str, Any]) -> None:
    if len(properties) > MAX_PROPERTIES:
        msg = f"has {len(properties)} custom properties; the limit is {MAX_PROPERTIES}"
        raise ValueError(msg)
    for name, value in properties.items():
        if not 0 < len(name) <= MAX_PROPERTY_NAME:
            msg = f"property name {name[:20]!r}... must have 1 to {MAX_PROPERTY_NAME} characters"
            raise ValueError(msg)
        kind = type(value)
        if kind is str:
            if len(value) > MAX_PROPERTY_VALUE:
                msg = f"property {name!r} is longer than {MAX_PROPERTY_VALUE} characters"
                raise ValueError(msg)
        elif kind is int:
            if not -(2**63) <= value < 2**63:
                msg = f"property {name!r} is a number too large to keep"
                raise ValueError(msg)
        elif kind is float:
            if value - value != 0:  # infinite or not a number
                msg = f"property {name!r} must be a finite number"
                raise ValueError(msg)
        elif kind is not bool and value is not None:
            msg = f"property {name!r} must be text, a number, true, false or null: nesting is not kept"
            raise ValueError(msg)


def _plain(value: Scalar) -> Scalar:
    """Numbers that every store writes alike: whole ones as such, very large and very small ones as text."""
    if type(value) is not float:
        return value
    if value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return int(value)
    return value if _SMALLEST_PLAIN <= abs(value) < _LARGEST_WHOLE else repr(value)


class Event(BaseModel):
    """One event as the tracker sends it. Unknown top-level keys are custom properties: up to 30, scalars only.

    `timestamp` is in milliseconds since the epoch by the sender's clock. Raises pydantic.ValidationError.
    """

    model_config = ConfigDict(extra="allow", strict=True, hide_input_in_errors=True)

    session_id: Annotated[str, Field(min_length=1, max_length=100)]
    timestamp: Annotated[int, Field(gt=0, le=MAX_TIMESTAMP, description="milliseconds since the epoch")]
    event_type: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
    page_url: Annotated[str, Field(max_length=MAX_URL), AfterValidator(_absolute_url)]
    event_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    site_id: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    user_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    page_title: str | None = None
    referrer: str | None = None
    user_agent: str | None = None
    language: Annotated[str, Field(max_length=35)] | None = None
    timezone: Annotated[str, Field(max_length=64)] | None = None
    screen: Annotated[str, Field(max_length=32)] | None = None
    element_tag: Annotated[str, Field(max_length=64)] | None = None
    element_id: Annotated[str, Field(max_length=200)] | None = None
    element_class: str | None = None
    element_text: str | None = None
    conversion_type: Annotated[str, Field(max_length=100)] | None = None
    value: Annotated[FiniteFloat, Field(ge=-MAX_VALUE, le=MAX_VALUE)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Za-z]{3}$")] | None = None
    engaged_ms: (
        Annotated[
            int,
            Field(ge=0, le=MAX_ENGAGED_MS, description="time the page was looked at since the last event that said so"),
        ]
        | None
    ) = None
    scroll_depth: Annotated[float, Field(ge=0, le=100, description="how much of the page was seen, percent")] | None = (
        None
    )

    @model_validator(mode="after")
    def _check_properties(self) -> Event:
        if self.__pydantic_extra__:
            _scalars(self.__pydantic_extra__)
        return self

    @property
    def properties(self) -> dict[str, Scalar]:
        """The custom properties that have a value."""
        return {name: _plain(value) for name, value in (self.__pydantic_extra__ or {}).items() if value is not None}


class EventBatch(BaseModel):
    """Several events in one request. `sent_at`, the sender's clock in ms when it sent them, repairs their times."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)

    events: Annotated[list[Event], Field(min_length=1, max_length=MAX_BATCH_EVENTS)]
    sent_at: int | None = None


class Context(NamedTuple):
    """The session-level dimensions as one event shows them; a session takes those of its first event.

    Empty text means unknown, except for `source`, which the pipeline always names.
    """

    hostname: str = ""
    referrer: str = ""
    source: str = ""
    channel: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""
    country: str = ""
    region: str = ""
    browser: str = ""
    browser_version: str = ""
    os: str = ""
    os_version: str = ""
    device: str = ""
    screen: str = ""
    language: str = ""
    screen_class: str = ""


class StoredEvent(NamedTuple):
    """An event that passed the pipeline. Times in ms since the epoch; `timestamp` is repaired, `page` derived.

    `scroll_depth` is in whole percent: whole numbers add up to the same everywhere.
    `sent` holds the client's remaining fields (element_*, screen, language, ...), `properties` the custom ones.
    """

    site_id: str
    session_id: str
    event_id: str
    timestamp: int
    received_at: int
    event_type: str
    visitor_id: str
    page_url: str
    page: str
    page_title: str
    user_agent: str
    conversion_type: str
    value: float | None
    currency: str
    sent: dict[str, str]
    properties: dict[str, Scalar]
    context: Context
    engaged_ms: int | None = None
    scroll_depth: int | None = None

    @property
    def element(self) -> str:
        """What was clicked: `button#buy "Buy now"`, as far as its tag, id and text were sent."""
        tag, element_id, text = (self.sent.get(f"element_{name}") for name in ("tag", "id", "text"))
        named = f"{tag or ''}{f'#{element_id}' if element_id else ''}"
        return f'{named} "{text}"'.lstrip() if text else named

    @property
    def key(self) -> tuple[int, str]:
        """The total order of a session's events: by time, then by id, so that every home breaks ties alike."""
        return self.timestamp, self.event_id


class FilteredEvent(NamedTuple):
    """An event that was filtered, kept to look at; `reason` as in the ledger."""

    reason: str
    event: StoredEvent
