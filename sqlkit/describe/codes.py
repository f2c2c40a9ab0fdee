"""Numbers that PostgreSQL's node trees are written in, by the names of its header files."""

from __future__ import annotations

# CmdType in nodes.h.
SELECT, UPDATE, INSERT, DELETE, MERGE = 1, 2, 3, 4, 5

# RTEKind in parsenodes.h.
TABLE, SUBQUERY, JOIN, FUNCTION, TABLE_FUNCTION, VALUES, CTE = 0, 1, 2, 3, 4, 5, 6
GROUP = 9

# JoinType in nodes.h.
INNER, LEFT, FULL, RIGHT = 0, 1, 2, 3

# SubLinkType in primnodes.h.
EXISTS, ALL, ANY, SCALAR, ARRAY = 0, 1, 2, 4, 6

# ParamKind in primnodes.h.
EXTERNAL, SUBLINK = 0, 2

# SetOperation in parsenodes.h.
UNION, INTERSECT, EXCEPT = 1, 2, 3

# GroupingSetKind in parsenodes.h.
NO_SET, SIMPLE, ROLLUP, CUBE, SETS = 0, 1, 2, 3, 4

# NullTestType and BoolTestType in primnodes.h.
IS_NULL, IS_NOT_NULL = 0, 1
IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE, IS_UNKNOWN, IS_NOT_UNKNOWN = 0, 1, 2, 3, 4, 5

# VarReturningType in primnodes.h, from 18 on.
AS_IT_IS, OLD, NEW = 0, 1, 2

# MergeMatchKind in primnodes.h, from 17 on.
NOT_MATCHED_BY_SOURCE = 1

# OnConflictAction in nodes.h.
DO_NOTHING, DO_UPDATE = 1, 2

# TableFuncType in primnodes.h, from 17 on.
JSON_TABLE = 1

# XmlExprOp in primnodes.h.
XML_ELEMENT = 1

FIRST_OF_USERS = 16384
"""Oids below are PostgreSQL's own (FirstNormalObjectId in access/transam.h)."""
