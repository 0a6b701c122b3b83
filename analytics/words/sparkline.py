"""Sparklines: a number by day, or by another interval, as a small picture for which the browser needs no library."""

from base64 import b64encode

import numpy as np
import pandas as pd

_DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">
<path d="M0,100L{points}L100,100Z" fill="#0D9488" fill-opacity=".12"/>
<path d="M{points}" fill="none" stroke="#0D9488" stroke-width="1.5" vector-effect="non-scaling-stroke"/>
</svg>"""
_TOP, _BOTTOM = 4, 94


def draw_sparkline(numbers: pd.Series, description: str) -> str:
    """Return the line of two or more numbers as an image in HTML; `description` is for screen readers.

    It is as wide as its container, and as high as the style of `.sparkline` says. Its colour is visible on white and on
    black.
    """
    across = np.linspace(0, 100, len(numbers))
    span = numbers.max() - numbers.min()
    down = _BOTTOM - (_BOTTOM - _TOP) * (numbers - numbers.min()) / (span or 1)
    points = "L".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
    drawing = b64encode(_DRAWING.format(points=points).encode()).decode()
    return f'<img class="sparkline" alt="{description}" src="data:image/svg+xml;base64,{drawing}">'
