"""What waits: pool, connection, transaction, stream, batch, copy."""
