"""Who is told what happens while migrations are applied."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlkit.migrations.migration import Migration

logger = logging.getLogger("yoyo.migrations")


class Watcher:
    """Is told what happens: this one writes it to yoyo's log, as yoyo's command shows with -v."""

    def planned(self, count: int) -> None:
        """So many migrations are to be run."""
        logger.debug("%d migrations", count)

    def begins(self, migration: Migration, direction: str) -> None:
        """A migration begins to be applied, or (``direction`` is ``rollback``) rolled back."""
        logger.info("%s: %s begins", migration.id, direction)

    def step(self, number: int, of: int) -> None:
        """A statement, counted from 1, or a step of a ``.py`` file begins."""
        logger.debug("step %d of %d", number, of)

    def ended(self, migration: Migration, direction: str, seconds: float) -> None:
        """It ended well."""
        logger.info("%s: %s took %.3f s", migration.id, direction, seconds)

    def note(self, text: str) -> None:
        """Something worth knowing: others are waited for, checksums were recorded."""
        logger.warning(text)
