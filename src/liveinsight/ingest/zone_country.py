"""The country of a time zone, from the tables of the IANA time zone database.

A coarse answer: where the clock is set, not where the visitor is. A zone that several countries share gives the one it
is listed under (Europe/Zurich is Switzerland, though Liechtenstein keeps its time); UTC and Etc/* give none.
"""

from __future__ import annotations

from functools import cache

# Names of an offset, not of a place, though the tables link them to one.
_OFFSETS = frozenset({"CET", "EET", "EST", "HST", "MET", "MST", "WET"})


def country_of_zone(zone: str) -> str:
    """KR for Asia/Seoul and for its old names; empty when the zone says nothing."""
    zones, links = _tables()
    seen = 0
    while zone not in zones and zone in links and seen <= len(links):
        zone, seen = links[zone], seen + 1
    return zones.get(zone, "")


@cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Countries by zone, and zones by their other names."""
    from importlib.resources import files  # 10 ms, for those who never ask

    folder = files("tzdata") / "zoneinfo"
    rows = [line.split("\t") for line in (folder / "zone.tab").read_text("utf-8").splitlines() if line[:1] != "#"]
    lines = [line.split() for line in (folder / "tzdata.zi").read_text("utf-8").splitlines() if line[:2] == "L "]
    return {row[2]: row[0] for row in rows}, {name: target for _, target, name in lines if name not in _OFFSETS}
