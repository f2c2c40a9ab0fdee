"""What is asked of PostgreSQL's catalog, and the pure values its rows become.

Everything is asked for in bulk, once for all queries; a file has the questions on one thing and
what becomes of the answers. Source: PostgreSQL manual, "System Catalogs".
"""

from sqlkit.describe.catalog.catalog import Catalog

__all__ = ["Catalog"]
