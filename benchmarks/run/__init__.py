"""What a run needs around the measuring: a server with data in it, cores, the machine, progress."""
