"""A throw-away PostgreSQL for development and tests, and the pytest plugin."""
