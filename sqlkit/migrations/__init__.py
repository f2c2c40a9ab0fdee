"""Migrations in yoyo's format, applied so that they can't hurt: under yoyo's command and ours.

`Backend` is yoyo's backend for ``postgresql+sqlkit://…``, in a module of its own since it needs
yoyo; what stands here needs it only when it is called.
"""

from __future__ import annotations

from sqlkit.migrations.apply import apply, roll_back
from sqlkit.migrations.checking import look
from sqlkit.migrations.folder import Folder, read
from sqlkit.migrations.migration import Migration
from sqlkit.migrations.plan import Planned, plan
from sqlkit.migrations.problem import Problem
from sqlkit.migrations.resolve import resolve_applied, resolve_rolled_back
from sqlkit.migrations.settings import Settings
from sqlkit.migrations.standing import Record, Standing
from sqlkit.migrations.watcher import Watcher

__all__ = [
    "Folder",
    "Migration",
    "Planned",
    "Problem",
    "Record",
    "Settings",
    "Standing",
    "Watcher",
    "apply",
    "look",
    "plan",
    "read",
    "resolve_applied",
    "resolve_rolled_back",
    "roll_back",
]
