"""Countries: their names and three-letter codes."""

from functools import cache

import pycountry

_WITHOUT_A_CODE = {"AC": "Ascension Island", "TA": "Tristan da Cunha", "XK": "Kosovo"}
"""Regions of phone numbers that have no official code in ISO 3166."""


@cache
def country_name(code: str) -> str:
    """Return the common English name of a country by its two letters; the code itself if it has none."""
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country else _WITHOUT_A_CODE.get(code, code)


@cache
def alpha_3(code: str) -> str | None:
    """Return the three letters of a country by its two; None if it is not a country."""
    country = pycountry.countries.get(alpha_2=code)
    return str(country.alpha_3) if country else None
