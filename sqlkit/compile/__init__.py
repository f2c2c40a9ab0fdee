"""From queries and their descriptions to Python modules, and whether those still hold.

`plan` reads a folder and asks the server, `Plan.write` writes; `compare` and `offline` check.
"""

from __future__ import annotations

from sqlkit.compile.check import Stale, compare, edited, offline
from sqlkit.compile.memory import Memory
from sqlkit.compile.plan import Plan
from sqlkit.compile.planning import plan
from sqlkit.compile.problem import Notice
from sqlkit.compile.settings import Settings

__all__ = ["Memory", "Notice", "Plan", "Settings", "Stale", "compare", "edited", "offline", "plan"]
