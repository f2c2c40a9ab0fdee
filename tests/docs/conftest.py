from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sqlkit.project import Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def sqlkit_migrations() -> Path:
    """The reference schema: the pages show its queries."""
    return Project.find().migrations
