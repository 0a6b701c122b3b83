"""Countries: their names and three-letter codes."""

from functools import cache

import pycountry


@cache
def country_name(code: str) -> str:
    """Return the common English name of a country by its two letters; the code itself where it has none."""
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name)) if country else code


@cache
def alpha_3(code: str) -> str | None:
    """Return the three letters of a country by its two, None for what is no country."""
    country = pycountry.countries.get(alpha_2=code)
    return str(country.alpha_3) if country else None
