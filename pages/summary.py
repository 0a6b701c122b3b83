"""Summary: the period on one sheet of paper, to print or to keep as a PDF."""

from analytics.ui import summary
from analytics.ui.elements.opening import open_report

summary.draw(open_report())
