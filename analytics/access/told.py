"""What somebody is told who is not let in: a page in words, which loads nothing and says what to do."""

from html import escape

from starlette.responses import HTMLResponse

SIGN_IN_PATH = "/"
"""Whoever goes there without a session is led to the provider."""


def tell(status: int, title: str, text: str, link: str = "Sign in") -> HTMLResponse:
    """Return a page with a way on to signing in."""
    body = f"""<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{escape(title)}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}}a{{color:#0F766E}}
@media(prefers-color-scheme:dark){{body{{background:#0e1117;color:#fafafa}}a{{color:#2DD4BF}}}}</style>
<main><h1>{escape(title)}</h1><p>{escape(text)}</p><p><a href="{SIGN_IN_PATH}">{escape(link)}</a></p></main></html>"""
    return HTMLResponse(body, status, {"Cache-Control": "no-store"})


def tell_signed_out() -> HTMLResponse:
    """Return the page after signing out, and after a session has ended."""
    return tell(200, "You are signed out", "Your session has ended here and in all tabs.", "Sign in again")


def tell_no_user() -> HTMLResponse:
    """Return the page for somebody whom the provider sent back without saying who it is."""
    why = "The sign-in provider did not say who you are, or it took too long. Nothing was shown or changed."
    return tell(403, "Signing in did not work", why, "Try again")


def tell_refused(why: str) -> HTMLResponse:
    """Return the page for somebody who is who they are, and may not come in."""
    return tell(403, "You may not come in", why, "Sign in as somebody else")


def tell_away() -> HTMLResponse:
    """Return the page while the store does not answer."""
    why = "What is stored cannot be reached, and with it who may come in. It is tried again when you reload this page."
    return tell(503, "Nobody can sign in for now", why, "Reload")
