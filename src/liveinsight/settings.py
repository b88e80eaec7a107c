"""The one table of settings: name, type, default, meaning.

Every setting is an attribute of `Settings`; its environment variable is `LIVEINSIGHT_` + the name in capitals, but for
what has a name on AWS. Front ends build a `Settings` (the CLI from the environment and its options, Django from its own
dictionary) and hand it down: nothing below reads the environment.
"""

from __future__ import annotations

import dataclasses
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from liveinsight.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "LIVEINSIGHT_"
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _setting(default: Any, meaning: str, *, secret: bool = False, variable: str = "") -> Any:
    return field(default=default, metadata={"meaning": meaning, "variable": variable}, repr=not secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be configured. Defaults work on a laptop; README has the same table."""

    data: str = _setting("liveinsight-data", "Folder of the database file and the generated token.")
    store: str = _setting(
        "",
        "Store address: duckdb:///path/to/file, dynamodb://, or http://host:8000 of a running LiveInsight."
        " Empty: a DuckDB file in the data folder.",
    )
    store_token: str = _setting("", "Admin token of the LiveInsight that the store address names.", secret=True)
    store_timeout: float = _setting(
        10.0, "Seconds that a report may take at the LiveInsight that the store address names; then readers get 503."
    )
    host: str = _setting("127.0.0.1", "Address to listen on. 0.0.0.0 accepts connections from other machines.")
    port: int = _setting(8000, "Port to listen on. 0 takes a free one.")
    public_url: str = _setting("", "Address under which browsers reach the server, for the printed links.")
    sites: tuple[str, ...] = _setting(
        ("*",), "Sites whose events are accepted, besides those that are saved; comma separated. * accepts any site."
    )
    timezone: str = _setting("UTC", "Time zone of the reports, such as Asia/Seoul, for sites without one of their own.")
    admin_token: str = _setting(
        "", "Token that readers need. Empty: generated once, kept in the data folder.", secret=True
    )
    trusted_proxies: int = _setting(0, "Reverse proxies in front that set X-Forwarded-For and country headers.")
    country_database: str = _setting(
        "", "Path of a country or city database (MMDB). Empty: countries come from address registries and time zones."
    )
    rate_limit: float = _setting(
        100.0, "Collect requests per second and client address, in bursts of ten times as many. 0: no limit."
    )
    queue_limit: int = _setting(20_000, "Events that may wait for the disk before the collector answers 503.")
    memory_limit: str = _setting("512MB", "Memory that DuckDB may use.")
    retention_days: int = _setting(
        0, "Days to keep events and sessions of sites without a number of their own. 0 keeps them for ever."
    )
    keep_filtered: bool = _setting(False, "Keep filtered events (bots) apart, to look at them.")
    events_table: str = _setting(
        "liveinsight-events", "DynamoDB: table of the events as they come in.", variable="EVENTS_TABLE"
    )
    sessions_table: str = _setting(
        "liveinsight-sessions", "DynamoDB: table of the sessions.", variable="SESSIONS_TABLE"
    )
    active_sessions_table: str = _setting(
        "liveinsight-active-sessions", "DynamoDB: table of who is there now.", variable="ACTIVE_SESSIONS_TABLE"
    )
    stats_table: str = _setting(
        "liveinsight-stats", "DynamoDB: table of statistics, ledger and documents.", variable="STATS_TABLE"
    )
    aws_region: str = _setting(
        "", "DynamoDB: region of the tables. Empty: from the AWS profile.", variable="AWS_DEFAULT_REGION"
    )
    dynamodb_endpoint: str = _setting(
        "",
        "DynamoDB: another address, such as that of DynamoDB Local. Empty: the region's own.",
        variable="AWS_ENDPOINT_URL_DYNAMODB",
    )
    raw_event_hours: int = _setting(
        24, "DynamoDB: hours for which the id of an event is known on its whole site. 0: as long as sessions are kept."
    )
    dynamodb_lanes: int = _setting(
        4, "DynamoDB: shares of a site's sessions that are written side by side. Fixed when the tables are first used."
    )
    aggregate: bool = _setting(False, "DynamoDB: fold events in this process too; else `liveinsight aggregate` does.")
    demo: bool = _setting(False, "Serve the demo shop at /demo/ (it sends events of its own).")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR.")
    log_format: str = _setting("text", "text for people, json for machines.")

    def __post_init__(self) -> None:
        _check_timezone(self.timezone)
        _one_of("log_level", self.log_level, LOG_LEVELS)
        _one_of("log_format", self.log_format, LOG_FORMATS)
        if not self.sites:
            msg = f"{PREFIX}SITES is empty: name at least one site, or * for any."
            raise SettingError(msg)
        for name in (
            *("port", "trusted_proxies", "rate_limit", "queue_limit", "retention_days", "raw_event_hours"),
            "dynamodb_lanes",
        ):
            if getattr(self, name) < 0:
                msg = f"{variable(name)} must not be negative."
                raise SettingError(msg)
        if not self.store_timeout > 0:
            msg = f"{variable('store_timeout')} must be more than 0."
            raise SettingError(msg)
        if self.dynamodb_lanes == 0:
            msg = f"{variable('dynamodb_lanes')} must be at least 1."
            raise SettingError(msg)

    @property
    def data_folder(self) -> Path:
        return Path(self.data).expanduser()


def from_environment(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from `LIVEINSIGHT_*`; `overrides` that are not None win. Raises SettingError naming the variable."""
    found = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for setting in dataclasses.fields(Settings):
        text = found.get(variable(setting.name))
        if text is not None and text.strip():
            values[setting.name] = _parse(setting.name, str(setting.type), text.strip())
    values.update({name: value for name, value in overrides.items() if value is not None})
    return Settings(**values)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    setting = Settings.__dataclass_fields__[name]
    return str(setting.metadata["variable"]) or PREFIX + name.upper()


def expected(kind: str) -> str:
    """How to call what a setting of this type wants."""
    return _EXPECTED[kind]


def table() -> list[tuple[str, str, str]]:
    """(environment variable, default as one would type it, meaning) of every setting."""
    return [(variable(f.name), _as_typed(f.default), f.metadata["meaning"]) for f in dataclasses.fields(Settings)]


def _as_typed(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    if isinstance(default, tuple):
        return ",".join(default)
    return f"{default:g}" if isinstance(default, float) else str(default)


def _parse(name: str, kind: str, text: str) -> Any:
    try:
        return _PARSERS[kind](text)
    except ValueError:
        msg = f"{variable(name)} has a value that cannot be used: expected {_EXPECTED[kind]}."
        raise SettingError(msg) from None


def _parse_bool(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError(text)
    return words[text.lower()]


def _parse_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _parse_list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


_PARSERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": _parse_float,
    "bool": _parse_bool,
    "tuple[str, ...]": _parse_list,
}
_EXPECTED = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "on or off",
    "tuple[str, ...]": "a comma-separated list",
}


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        msg = f"{variable(name)} must be one of {', '.join(allowed)}."
        raise SettingError(msg)


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        msg = (
            f"{variable('timezone')} is not a time zone: {name!r}. Use a name such as UTC, Asia/Seoul or Europe/Paris."
        )
        raise SettingError(msg) from None
