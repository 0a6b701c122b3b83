"""What the functions that draw charts show."""

import json

from streamlit.testing.v1 import AppTest


def shown(draw, *values, **options):
    """The app after a chart was drawn."""

    def script(draw, values, options):
        draw(*values, alt="A chart", **options)

    app = AppTest.from_function(script, args=(draw, values, options)).run()
    assert not app.exception
    return app


def drawn(draw, *values, **options):
    """The figure that was drawn."""
    return json.loads(shown(draw, *values, **options).get("plotly_chart")[0].proto.spec)
