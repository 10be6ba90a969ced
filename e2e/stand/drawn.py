"""Films of drawn people for Chromium's fake camera, where a person looks: demo and pictures."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np

from e2e.stand.agent import CHROMIUM, playwright_driver

PORTRAITS = Path(__file__).with_name("portraits")
FPS = 15
FRAMES = 2


def film_person(who: str, path: Path, *, width_px: int = 1280, height_px: int = 720) -> Path:
    """Write a YUV4MPEG2 film of `agent` or `citizen`, sitting still, and return its path.

    Whole or not at all. Raises FileNotFoundError when nobody of this name is drawn.
    """
    drawing = (PORTRAITS / f"{who}.svg").read_text()
    with playwright_driver() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, chromium_sandbox=os.geteuid() != 0
        )
        page = browser.new_page(viewport={"width": width_px, "height": height_px})
        page.set_content(f"<style>body{{margin:0}}svg{{width:100%;height:100vh}}</style>{drawing}")
        png = page.screenshot()
        browser.close()
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError("the browser gave no picture")
    frame = b"FRAME\n" + cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420).tobytes()
    head = f"YUV4MPEG2 W{width_px} H{height_px} F{FPS}:1 Ip A1:1 C420jpeg\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(head.encode() + frame * FRAMES)
    return unfinished.replace(path)
