"""The parameters of the template, as they are typed. sam passes over a name that it does not know, without a word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from liveinsight.errors import SettingError
from liveinsight.settings import from_environment, variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TEMPLATE = Path(__file__).resolve().parent.parent / "infra" / "template.yaml"
OF_SETTINGS = {
    "Sites": "sites",
    "TimeZone": "timezone",
    "RetentionDays": "retention_days",
    "RawEventHours": "raw_event_hours",
    "Lanes": "dynamodb_lanes",
}
_BUILT = ("Runtime", "Architecture")  # what the zips are for: nobody types these
_SECTION = re.compile(r"^Parameters:\n(.*?)^\S", re.MULTILINE | re.DOTALL)
_TYPED = re.compile(r"^  (\w+):\n    Type: (\w+)$", re.MULTILINE)


def typed_parameters() -> dict[str, str]:
    """The parameters that people may name, in the template's order, and what they are: String or Number."""
    [section] = _SECTION.findall(TEMPLATE.read_text(encoding="utf-8"))
    return {name: kind for name, kind in _TYPED.findall(section) if name not in _BUILT}


def check_parameters(given: Mapping[str, str]) -> None:
    """Raises SettingError for a name that the template has not, and for a value that every function would die of."""
    known = typed_parameters()
    _check_names(given, known)
    _check_numbers(given, known)
    values = {variable(setting): given[name] for name, setting in OF_SETTINGS.items() if name in given}
    from_environment(values)


def _check_names(given: Iterable[str], known: Mapping[str, str]) -> None:
    if unknown := [name for name in given if name not in known]:
        msg = f"{unknown[0]} is no parameter: there are {', '.join(known)}, and ARCH=x86_64 for another processor."
        raise SettingError(msg)


def _check_numbers(given: Mapping[str, str], known: Mapping[str, str]) -> None:
    if wrong := [name for name, value in given.items() if known[name] == "Number" and not value.isdecimal()]:
        msg = f"{wrong[0]} has to be a whole number."
        raise SettingError(msg)
