"""Sparklines: the days of a number as a small picture, which needs no library in the browser."""

from base64 import b64encode

import numpy as np
import pandas as pd

_DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">
<path d="M0,100L{points}L100,100Z" fill="#0D9488" fill-opacity=".12"/>
<path d="M{points}" fill="none" stroke="#0D9488" stroke-width="1.5" vector-effect="non-scaling-stroke"/>
</svg>"""
_TOP, _BOTTOM = 4, 94


def sparkline(days: pd.Series, told: str) -> str:
    """Return the line of two days or more (float64) as an image in HTML, `told` to who cannot see it.

    It fills the width of what it stands in, and is as high as a style says of `.sparkline`. Its colour can be seen on
    white and on black.
    """
    across = np.linspace(0, 100, len(days))
    span = days.max() - days.min()
    down = _BOTTOM - (_BOTTOM - _TOP) * (days - days.min()) / (span or 1)
    points = "L".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
    drawing = b64encode(_DRAWING.format(points=points).encode()).decode()
    return f'<img class="sparkline" alt="{told}" src="data:image/svg+xml;base64,{drawing}">'
