"""Hazards: what PostgreSQL accepts in a query, and what is hardly ever meant.

Rules are pure: they look at the analysed query, the catalog and the text. One idea a file:

    hazard            a hazard at its place in a file
    rule              what a rule is, and how rules are found
    find              from the rules to the hazards of a query
    allowed           which hazards may be allowed
    look, block       what a rule looks at: a variant, and the queries within it
    bare              the text without strings, names and comments
    shapes            shapes that several rules ask for
    writes, nulls, comparisons, order, joins, ctes, arithmetic, times, stars, texts   the rules

docs/check.md lists them all.
"""

from __future__ import annotations

from sqlkit.describe.hazards import (
    arithmetic,
    comparisons,
    ctes,
    joins,
    nulls,
    order,
    stars,
    texts,
    times,
    writes,
)
from sqlkit.describe.hazards.allowed import check_allowed, meant
from sqlkit.describe.hazards.find import Search
from sqlkit.describe.hazards.hazard import Hazard
from sqlkit.describe.hazards.rule import MANUAL, RULES, Rule

__all__ = ["FAMILIES", "MANUAL", "RULES", "Hazard", "Rule", "Search", "check_allowed", "meant"]

FAMILIES = (writes, nulls, comparisons, joins, order, stars, ctes, times, texts, arithmetic)
"""The modules of rules, in the order of the documentation; each registers its own."""
