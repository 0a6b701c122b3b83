"""What the browser does by itself on a click, because a run of the script would be too late or could not do it."""

import streamlit as st

_CLICKS = """<script>
window.clicks ??= document.addEventListener("click", ({target}) => {
    if (innerWidth <= 768 && target.closest("[data-testid=stSidebar] [data-testid=stPageLink]")) {
        document.querySelector("[data-testid=stSidebarCollapseButton] button").click();
    }
    if (target.closest(".st-key-print-sheet button")) print();
    if (target.closest(".st-key-copy-link button")) {
        navigator.clipboard?.writeText(document.querySelector("a.link").href);
    }
}) ?? true;
</script>"""


def draw() -> None:
    """Add the script: it folds the menu on a phone when a page is chosen, prints the sheet, and copies the link."""
    st.html(_CLICKS, unsafe_allow_javascript=True)
