"""Where the visitor is: a proxy's word, a database, the registries of addresses, the time zone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from liveinsight.bootstrap import open_analytics
from liveinsight.errors import SettingError
from liveinsight.ingest.country import Countries
from liveinsight.ingest.draft import Delivery
from liveinsight.settings import Settings
from tests.factories import NOON
from tests.ingest.mmdb import database
from tests.ingest.tracker import sent, stored, stored_with

if TYPE_CHECKING:
    from pathlib import Path

NOWHERE = "203.0.113.7"  # addresses of documentation: given to nobody
KOREA = "211.231.100.15"


@pytest.mark.parametrize(
    ("country", "region", "kept"),
    [
        ("KR", "서울", ("KR", "서울")),
        ("kr", "", ("KR", "")),
        ("XX", "somewhere", ("", "")),
        ("T1", "", ("", "")),
        ("Korea", "Seoul", ("", "")),
        ("", "Seoul", ("", "")),
        ("US", "x" * 100, ("US", "x" * 64)),
    ],
)
def test_a_country_is_two_letters_or_unknown(country: str, region: str, kept: tuple[str, str]) -> None:
    context = stored(request_country=country, request_region=region).context
    assert (context.country, context.region) == kept


@pytest.mark.parametrize(
    ("address", "country"),
    [
        (KOREA, "KR"),
        (f"::ffff:{KOREA}", "KR"),
        ("2001:2d8::1", "KR"),
        (NOWHERE, ""),
        ("127.0.0.1", ""),
        ("10.1.2.3", ""),
        ("fe80::1%eth0", ""),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_an_address_is_in_the_country_that_it_was_given_to(address: str, country: str) -> None:
    event = stored(request_address=address)
    assert event.context.country == country
    assert not address or address not in repr(event)


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Asia/Seoul", "KR"),
        ("ROK", "KR"),
        ("Europe/Oslo", "NO"),
        ("Asia/Calcutta", "IN"),  # the old name, which browsers still say
        ("America/Buenos_Aires", "AR"),
        ("UTC", ""),
        ("Etc/GMT-9", ""),
        ("EST", ""),
        ("Mars/Olympus", ""),
        ("../../etc/passwd", ""),
    ],
)
def test_without_a_known_address_the_time_zone_tells_the_country(zone: str, country: str) -> None:
    assert stored(timezone=zone, request_address=NOWHERE).context.country == country


def test_a_proxy_goes_before_the_address_and_the_address_before_the_time_zone() -> None:
    assert stored(request_country="JP", request_address=KOREA, timezone="Europe/Paris").context.country == "JP"
    assert stored(request_country="XX", request_address=KOREA, timezone="Europe/Paris").context.country == "KR"
    assert stored(request_address="10.1.2.3", timezone="Europe/Paris").context.country == "FR"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "places.mmdb"
    path.write_bytes(
        database(
            {
                "211.231.0.0/16": {"country": {"iso_code": "KR"}, "subdivisions": [{"iso_code": "11"}]},
                "8.8.8.0/24": {"country_code": "CA"},
                "9.9.9.0/24": {"city": {}},
            }
        )
    )
    return path


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (KOREA, ("KR", "11")),
        ("8.8.8.8", ("CA", "")),  # the database is the operator's own: it goes before the registries
        ("9.9.9.9", ("US", "")),  # it says nothing of it
        ("2001:2d8::1", ("KR", "")),  # it has no such addresses
        ("127.0.0.1", ("FR", "")),
        ("testclient", ("FR", "")),
    ],
)
def test_a_database_tells_country_and_region(path: Path, address: str, expected: tuple[str, str]) -> None:
    body = json.dumps(sent(timezone="Europe/Paris")).encode()
    context = stored_with(Countries(str(path)), Delivery(body, NOON, address)).context
    assert (context.country, context.region) == expected


def test_a_proxy_goes_before_the_database(path: Path) -> None:
    delivery = Delivery(json.dumps(sent()).encode(), NOON, KOREA, country="JP", region="13")
    context = stored_with(Countries(str(path)), delivery).context
    assert (context.country, context.region) == ("JP", "13")


@pytest.mark.parametrize("content", [None, b"", b"no database", b"\xab\xcd\xefMaxMind.com"])
def test_a_database_that_cannot_be_read_is_said_at_the_start(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "places.mmdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingError, match=r"LIVEINSIGHT_COUNTRY_DATABASE .*places\.mmdb.* Name a country"):
        open_analytics(Settings(data=str(tmp_path / "data"), country_database=str(path)))
    assert not (tmp_path / "data").exists()
