"""Country words: two letters for the names of countries, their three letters and their calling codes."""

import gettext
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

import phonenumbers
import pycountry

from analytics.events.tables.plain import plain

_LANGUAGES = ("de", "es", "fr", "pt", "pt_BR")
"""Those of the headings that are understood, beside English."""

_ALSO = {
    "uk": "GB", "greatbritain": "GB", "england": "GB", "scotland": "GB", "usa": "US", "unitedstatesofamerica": "US",
    "uae": "AE", "emirates": "AE", "vae": "AE", "eau": "AE", "ivorycoast": "CI", "drc": "CD", "drcongo": "CD",
    "russia": "RU", "southkorea": "KR", "northkorea": "KP", "swaziland": "SZ", "capeverde": "CV", "turkey": "TR",
    "czechrepublic": "CZ", "macedonia": "MK", "burma": "MM", "holland": "NL", "kosovo": "XK", "syria": "SY",
    "laos": "LA", "brunei": "BN", "palestine": "PS", "eeuu": "US", "elfenbeinkuste": "CI", "coteivoire": "CI",
}  # fmt: skip
"""What people call some countries beside the names in ISO 3166."""


@cache
def country_codes() -> tuple[str, ...]:
    """Return the two letters of all countries."""
    return tuple(country.alpha_2 for country in pycountry.countries)


@cache
def country_words() -> Mapping[str, str]:
    """Return a country's two letters for each word that means it alone, in lower-case letters and digits.

    A calling code that several countries share, such as 1 or 7, means nothing: the phone itself says more.
    """
    said = {(word, code) for word, code in _names()}
    meanings = Counter(word for word, _ in said)
    found = {word: code for word, code in said if meanings[word] == 1}
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    found |= {str(code): regions[0] if len(regions) == 1 else "" for code, regions in codes.items()}
    return MappingProxyType(found | _ALSO)


def _names() -> Iterator[tuple[str, str]]:
    languages = [gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [name]) for name in _LANGUAGES]
    for country in pycountry.countries:
        yield plain(country.alpha_2), country.alpha_2
        yield plain(country.alpha_3), country.alpha_2
        names = {country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")} - {""}
        names |= {name.partition(",")[0] for name in names if "," in name and "Republic" in name}
        for name in names:
            yield plain(name), country.alpha_2
            for language in languages:
                yield plain(language.gettext(name)), country.alpha_2
