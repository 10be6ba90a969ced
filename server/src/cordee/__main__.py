"""The `cordee` program: `cordee serve`, `cordee migrate` and every other command."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from cordee.jobs import offline_root

OFFLINE_FROM = 2
"""Where the verb of `cordee root VERB` stands on the command line."""


def main() -> None:
    """Run the command named on the command line."""
    if sys.argv[1:2] == ["root"] and sys.argv[OFFLINE_FROM : OFFLINE_FROM + 1] in (
        [verb] for verb in offline_root.VERBS
    ):
        # Where a partner's root is kept there is no server: no settings, no database.
        sys.exit(offline_root.main(sys.argv[OFFLINE_FROM:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cordee.config.settings")
    execute_from_command_line(["cordee", *sys.argv[1:]])


if __name__ == "__main__":
    main()
