"""Hand-written SQL files become typed Python functions on PostgreSQL. No ORM."""
