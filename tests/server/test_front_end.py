"""What a browser is told about Streamlit's front end before it asks, and how Plotly's code reaches it."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from analytics.server.front_end import COMPILED_ASIDE, EARLY, PLOTLY, FrontEnd, scripts
from tests.servers import serving

STATIC = Path(st.__file__).parent / "static/static"
PREFIXES = ["", "/below"]


async def page(request):  # noqa: ARG001
    return HTMLResponse("<p>page", headers={"Link": "<style.css>; rel=preload"})


async def health(request):  # noqa: ARG001
    return PlainTextResponse("ok")


@pytest.fixture(scope="module")
def address():
    """Where Streamlit's files are served, at the root and below a path."""
    inside = [Route("/overview", page), Route("/health", health), Mount("/static", StaticFiles(directory=STATIC))]
    app = Starlette(routes=[*inside, Mount("/below", routes=inside)], middleware=[Middleware(FrontEnd)])
    with serving(app) as address:
        yield address


def get(address, path, **headers):
    return requests.get(f"{address}{path}", headers=headers, timeout=60)


@pytest.mark.parametrize("name", [PLOTLY, *EARLY])
def test_this_version_of_streamlit_has_every_part(name):
    assert len(scripts([name])) == 1


def test_parts_that_are_not_there_are_left_out():
    assert not scripts(["NoSuchPart"])


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_page_names_parts_that_are_there_for_it(address, prefix):
    answer = get(address, f"{prefix}/overview")
    style, *links = answer.headers["Link"].split(", ")
    assert style == "<style.css>; rel=preload"
    assert len(links) == len(EARLY)
    for link in links:
        path = re.fullmatch("<(.+)>; rel=modulepreload", link)[1]
        assert requests.get(urljoin(answer.url, path), timeout=60).status_code == 200


def test_other_answers_name_none(address):
    assert "Link" not in get(address, "/health").headers
    assert "Link" not in get(address, f"/static/js/{scripts(EARLY)[0].name}").headers


@pytest.mark.parametrize("prefix", PREFIXES)
def test_plotly_is_itself_behind_the_hint(address, prefix):
    script = scripts([PLOTLY])[0]
    answer = get(address, f"{prefix}/static/js/{script.name}")
    assert answer.content == COMPILED_ASIDE + script.read_bytes()
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "immutable" in answer.headers["Cache-Control"]


def test_part_of_plotly_is_never_sent(address):
    """A browser that goes on with what it had of the file without the hint would be some bytes off."""
    path = f"/static/js/{scripts([PLOTLY])[0].name}"
    answer = get(address, path, Range="bytes=1000-")
    assert answer.status_code == 200
    assert "Accept-Ranges" not in answer.headers
