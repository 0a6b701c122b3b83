"""The brand: the name above the menu, and pages that begin near the top."""

import streamlit as st

NAME = "WhatsApp Analytics"

_INK = {"light": "#1F2937", "dark": "#F3F4F6"}
_LOGO = """<svg xmlns="http://www.w3.org/2000/svg" width="216" height="28" viewBox="0 0 216 28">
<path d="M5 3h18a4 4 0 0 1 4 4v11a4 4 0 0 1-4 4H12l-6 5v-5H5a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4z" fill="#0F9D76"/>
<path d="M8 17v-4M14 17V8M20 17v-6" stroke="#fff" stroke-width="3" stroke-linecap="round"/>
<text x="36" y="19" fill="{ink}" font-family="system-ui,sans-serif" font-size="16" font-weight="600">{name}</text>
</svg>"""
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; padding-bottom: 3rem; }
[data-testid="stLogo"] { pointer-events: none; } /* it would lead to a page without its address */
[class*="st-key-get-"] { margin-top: -.9rem; }
[class*="st-key-get-"] button { min-height: 0; padding: 0 .25rem; opacity: .7; }
[class*="st-key-get-"] button p { font-size: .8rem; }
[class*="st-key-ask-"] button { min-height: 0; padding: .25rem; opacity: .55; }
[class*="st-key-ask-"] button:is(:hover, :focus-visible) { opacity: 1; }
[class*="st-key-row-view-"] { flex-wrap: nowrap; }
[class*="st-key-row-view-"] [data-testid="stPageLink"] { min-width: 0; }
:is([class*="st-key-ask-"], [class*="st-key-first-view-"], [class*="st-key-no-view-"]) button p {
    position: absolute; clip-path: inset(50%); /* read out, not shown */
}
[class*="st-key-heading-"] { padding: .75rem 0; } /* as tall as one without */
[class*="st-key-card-"] { position: relative; gap: .5rem; min-height: 7.4rem; } /* no jump once they are drawn */
[class*="st-key-card-"] .sparkline { display: block; width: 100%; height: 3.5rem; }
[class*="st-key-card-"] [data-testid="stMetricLabel"] { padding-right: 1.75rem; } /* where the question stands */
[class*="st-key-card-"] [data-testid="stCaptionContainer"]:not([data-testid="stMetric"] *) { margin-top: -.6rem; }
[class*="st-key-row-view-"] [data-testid="stPageLink"] a { background: none; font-weight: inherit; }
:has(> [data-testid="stMetricDelta"]) { flex-wrap: wrap; row-gap: 0; } /* how many cases it is of, whole, on a phone */
[class*="st-key-card-"] > :has(.sparkline) { margin-top: auto; }
[data-testid="stMain"] [data-testid="stPageLink"] p { white-space: normal; }
:is([data-testid="stTable"], .sheet table) td { font-variant-numeric: tabular-nums; }
[class*="st-key-fix-"] textarea, .st-key-test_json_text textarea { font-family: monospace; }
.link { font-size: .8rem; overflow-wrap: anywhere; }
.st-key-cards-with-lines [class*="st-key-card-"] { min-height: 13.3rem; }
[class*="st-key-card-"] [class*="st-key-ask-"] { position: absolute; top: .35rem; right: .35rem; width: auto; }
[data-testid^="stBaseButton-primary"]:enabled { color: light-dark(white, #06231f); } /* the accent is bright at night */
button[aria-label^="Download as CSV"] { display: none; } /* which lets formulas run */
</style>"""


def draw() -> None:
    """Draw the name in a colour that is readable in the current theme, and set the styles of all pages."""
    st.logo(_LOGO.format(ink=_INK[st.context.theme.type or "light"], name=NAME), size="large")
    st.html(_STYLE)
