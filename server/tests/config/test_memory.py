from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_what_serves_leaves_its_own_code_out_of_collections(tmp_path: Path) -> None:
    code = (
        "import gc, sys; from cordee.config import asgi; "
        "print(gc.get_freeze_count() > 50_000, 'cordee.web.citizen.booking' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CORDEE_DEBUG": "1", "CORDEE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True True\n"
