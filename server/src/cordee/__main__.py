"""The `cordee` program: `cordee serve`, `cordee migrate` and every other command."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cordee.config.settings")
    execute_from_command_line(["cordee", *sys.argv[1:]])


if __name__ == "__main__":
    main()
