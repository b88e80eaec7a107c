"""Step `country`: where the visitor is.

In this order: what a trusted proxy says; the database file of the settings; the country that the address was given to
by its registry (a list in a package, renewed daily; no region); the country of the event's time zone. The address
itself goes no further.

`country` has two letters (ISO 3166-1). `region` is the subdivision's code without the country (ISO 3166-2: `11` is
Seoul) where the source has codes, else its name as the source spells it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from liveinsight.errors import SettingError
from liveinsight.ingest.zone_country import country_of_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from liveinsight.ingest.draft import Draft
    from liveinsight.ingest.outcome import Refusal

_COUNTRY = re.compile(r"[A-Z]{2}")
_NOWHERE = frozenset({"XX", "T1", "ZZ", "EU", "AP"})  # unknown places, Tor, and what is no country
_LONGEST_REGION = 64
_MAPPED = "::ffff:"  # begins an IPv4 address that is written as an IPv6 one


class Place(NamedTuple):
    """Country and region; empty when unknown."""

    country: str = ""
    region: str = ""


class _Database(Protocol):
    def get(self, address: str) -> Any: ...


NO_PLACE = Place()


class Countries:
    """The sources of a place, as configured. Lookups take a microsecond, so nothing remembers an address."""

    def __init__(self, database: str = "") -> None:
        """`database` is the path of an MMDB file, or empty. Raises SettingError when it cannot be opened."""
        self._database = _open(database) if database else None

    def put_country(self, draft: Draft) -> Refusal | None:
        delivery = draft.delivery
        draft.country, draft.region = (
            (_place(delivery.country, delivery.region) if delivery.country else None)
            or self._place_of(delivery.address)
            or place_of_zone(draft.event.timezone)
            or NO_PLACE
        )
        return None

    def _place_of(self, address: str) -> Place | None:
        if not address:
            return None
        address = address.removeprefix(_MAPPED)
        if self._database is not None and (place := _looked_up(self._database, address)):
            return place
        country = _registry()(address)
        return _place(country, "") if country else None


def place_of_zone(timezone: str | None) -> Place | None:
    """The place of an IANA time zone, without a region."""
    return Place(country) if timezone and (country := country_of_zone(timezone)) else None


@lru_cache(maxsize=2048)
def _place(country: str, region: str) -> Place | None:
    country = country.upper()
    if not _COUNTRY.fullmatch(country) or country in _NOWHERE:
        return None
    return Place(country, region[:_LONGEST_REGION])


@cache
def _registry() -> Callable[[str], str | None]:
    try:
        from iptocc import country_code
    except ImportError:  # no wheel for this machine: the time zone has to do
        return lambda _: None
    return country_code


def _open(path: str) -> _Database:
    import maxminddb

    problem = "cannot be opened"
    try:
        return maxminddb.open_database(path)
    except FileNotFoundError:
        problem = "does not exist"
    except maxminddb.InvalidDatabaseError:
        problem = "is not an MMDB file"
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
    advice = "Name a country or city database in MMDB format, or leave it empty."
    msg = f"LIVEINSIGHT_COUNTRY_DATABASE {problem}: {path}. {advice}"
    raise SettingError(msg)


def _looked_up(database: _Database, address: str) -> Place | None:
    try:
        found = database.get(address)
    except ValueError:  # no address, or an IPv6 one in a database of IPv4
        return None
    if not isinstance(found, dict):
        return None
    country = found.get("country")
    # GeoLite2, DB-IP and the like nest it; the plain country databases have one text.
    code = country.get("iso_code") if isinstance(country, dict) else found.get("country_code") or country
    first = next(iter(found.get("subdivisions") or [{}]))
    return _place(str(code or ""), str(first.get("iso_code") or ""))
