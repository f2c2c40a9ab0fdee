"""How things are timed, and what is concluded from it. Nothing here knows of databases."""
