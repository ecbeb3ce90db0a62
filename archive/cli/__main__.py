"""``python -m archive.cli``: the command where no script is installed."""

from archive.cli import main

main()
