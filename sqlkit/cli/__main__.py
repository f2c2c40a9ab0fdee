"""``python -m sqlkit.cli``, for where the ``sqlkit`` script isn't on the path."""

from sqlkit.cli import main

main()
