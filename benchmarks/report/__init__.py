"""A run as a table on a terminal and as the results section of docs/benchmarks.md."""
