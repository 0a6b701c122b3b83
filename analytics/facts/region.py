"""Regions of phone numbers, many at once, by the metadata of `phonenumbers`.

A country calling code belongs to one region, or is shared by several (+1, +7, +44 and more). There the
library tries the patterns of each region in turn, 15 to 55 µs a number in Python; here the same patterns
run over whole columns, and the library itself is asked only for what none of them matches.
"""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager",
    "uan", "voicemail",
)  # fmt: skip
_NOT_GEOGRAPHIC = "001"


def find_regions(ids: pd.Index) -> npt.NDArray[np.object_]:
    """Return the ISO 3166-1 alpha-2 region of each customer id, None where there is none.

    A WhatsApp user id begins with it. Of a number in E.164, the result is that of
    `phonenumbers.region_code_for_number`, except that "001" (the world) is not a region.
    """
    numbers = pd.Series(ids, dtype="str").reset_index(drop=True)
    found = np.full(len(numbers), None, object)
    others = np.flatnonzero(~numbers.str.startswith("+").to_numpy(bool))
    found[others] = numbers.iloc[others].str[:2]
    codes = numbers.str.extract(rf"^\+({_calling_codes()})", expand=False)
    for code, rows in codes.groupby(codes).indices.items():
        found[rows] = _find_within_code(int(str(code)), numbers.iloc[rows])
    return found


@cache
def _calling_codes() -> str:
    """Return a pattern of all calling codes; none of them begins another."""
    return "|".join(map(str, COUNTRY_CODE_TO_REGION_CODE))


def _find_within_code(calling_code: int, numbers: pd.Series) -> npt.NDArray[np.object_]:
    candidates = COUNTRY_CODE_TO_REGION_CODE[calling_code]
    if len(candidates) == 1:
        return np.full(len(numbers), None if candidates[0] == _NOT_GEOGRAPHIC else candidates[0], object)
    found = np.full(len(numbers), None, object)
    national = numbers.str[1 + len(str(calling_code)) :]
    plain = ~_begins_with_prefix(national, candidates[0])
    for region in candidates:
        rows = np.flatnonzero(national.notna() & plain)
        matching = rows[national.iloc[rows].str.fullmatch(_pattern(region)).to_numpy(bool)]
        found[matching] = region
        national.iloc[matching] = None
    for row in np.flatnonzero(national.notna()).tolist():
        found[row] = _ask_library(numbers.iloc[row])
    return found


def _begins_with_prefix(national: pd.Series, main_region: str) -> npt.NDArray[np.bool_]:
    """Return which numbers begin with a national dialling prefix, which the library may remove."""
    prefix = _metadata(main_region).national_prefix_for_parsing
    if prefix is None:
        return np.zeros(len(national), np.bool_)
    return national.str.match(f"(?:{prefix})").to_numpy(bool)


@cache
def _pattern(region: str) -> str:
    """Return the pattern of a region's national numbers: its leading digits, else all its kinds of number."""
    metadata = _metadata(region)
    if metadata.leading_digits is not None:
        return f"(?:{metadata.leading_digits})[0-9]*"
    kinds = (getattr(metadata, kind) for kind in _KINDS)
    return "|".join(f"(?:{kind.national_number_pattern})" for kind in kinds if kind and kind.national_number_pattern)


def _metadata(region: str) -> Any:
    return PhoneMetadata.metadata_for_region(region)


def _ask_library(number: str) -> str | None:
    try:
        region: str | None = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None
    return region
