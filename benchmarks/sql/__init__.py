"""Queries that only benchmarks need, on a database of their own."""
