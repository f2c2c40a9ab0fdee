"""What the JSON in the database holds, as Python types."""

from __future__ import annotations

from typing import Literal

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a user likes the product; what the database doesn't say is as it is here."""

    theme: Literal["light", "dark"] = "light"
    language: str = "en"
    weekly_report: bool = True


class EventCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How often each kind of event happened."""

    impression: int = 0
    click: int = 0
    conversion: int = 0
