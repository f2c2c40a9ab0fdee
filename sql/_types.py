# Written by sqlkit 0.1.0 from the database (sha256 e9dd8507f4bf0c6f, body 925f9aa394204f91); do not edit: change the schema and run "sqlkit compile".
"""Types of the database that the queries of this package share."""

from __future__ import annotations

from typing import Literal as _Literal
from typing import TypeAlias as _TypeAlias

from sqlkit.row import Row as _Row

CampaignStatus: _TypeAlias = _Literal["draft", "active", "paused", "ended"]
"""Enum public.campaign_status."""

EventKind: _TypeAlias = _Literal["impression", "click", "conversion"]
"""Enum public.event_kind."""

MemberRole: _TypeAlias = _Literal["viewer", "editor", "manager"]
"""Enum public.member_role."""


class PostalAddress(_Row):
    """Composite type public.postal_address."""

    street: str | None
    city: str | None
    country: str | None
