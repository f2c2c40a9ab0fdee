"""Reads of many tasks in one flush: `AsyncDatabase(pipeline=True)`.

Reads that are called in one turn of the event loop are sent together, on a connection of their own,
a lane; a Sync ends the batch. So a call costs a fraction of a system call and of a round trip, on
either side. PostgreSQL manual, 34.5 "Pipeline Mode" and 53.2.3 "Extended Query".

A lane only ever answers. Whatever else happens on it (an error, a loss, a statement that takes too
long, one that isn't prepared there yet) the call is made again in the ordinary way, on a connection
of the pool, which has its own answer to it. Nothing but reads takes part, so twice is as good as
once.
"""
