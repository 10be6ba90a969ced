from __future__ import annotations

import os
import subprocess
import sys


def test_what_serves_leaves_its_own_code_out_of_collections() -> None:
    code = (
        "import gc, sys; from cordee.config import asgi; "
        "print(gc.get_freeze_count() > 50_000, 'cordee.web.citizen.booking' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CORDEE_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True True\n"
