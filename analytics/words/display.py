"""Numbers for people: durations, counts, shares and changes as they stand on a screen."""

from collections import Counter
from collections.abc import Sequence

from analytics.metrics.metric import Metric, Reading

NO_VALUE = "–"
UNCHANGED = "unchanged"
MINUS = "−"
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def duration(seconds: float | None) -> str:
    """Return a duration in its two largest units: `4 min 12 s`, `2 d 3 h`."""
    if seconds is None:
        return NO_VALUE
    if 0 < seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    rest = round(seconds)
    for place, (size, unit) in enumerate(_UNITS[:-1]):
        if rest >= size:
            smaller, smaller_unit = _UNITS[place + 1]
            rounded = round(rest / smaller) * smaller
            if rounded != rest:
                return duration(rounded)  # which may have become a larger unit: 23 h 59.9 min are a day
            more = rest % size // smaller
            return f"{rest // size} {unit}" + (f" {more} {smaller_unit}" if more else "")
    return f"{rest} s"


def count(number: float | None) -> str:
    """Return a count with thousands separators."""
    return NO_VALUE if number is None else f"{number:,.0f}"


def with_noun(number: float, noun: str) -> str:
    """Return a count with its noun: `1 agent`, `40 agents`."""
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def words(name: str) -> str:
    """Return a machine's name as words: `payment_issue` becomes `Payment issue`."""
    spaced = name.replace("_", " ")
    return spaced[:1].upper() + spaced[1:]


def shorten(text: str, longest: int = 60) -> str:
    """Return a text with the end left out that makes it longer than so many characters."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def shorten_apart(texts: Sequence[str], longest: int = 60) -> list[str]:
    """Return texts shortened, and numbered where what is left of them would be the same."""
    seen: Counter[str] = Counter()
    short = []
    for text in texts:
        left = shorten(text, longest)
        seen[left] += 1
        short.append(left if seen[left] == 1 else f"{left} ({seen[left]})")
    return short


def share(value: float | None) -> str:
    """Return a share as a percentage; one decimal below 10 %."""
    if value is None:
        return NO_VALUE
    decimals = 1 if 0 < value < 0.0995 else 0
    return f"{value:.{decimals}%}".replace("%", " %")


def mask_customer(customer_id: str) -> str:
    """Return a customer's id with its middle hidden: `+2547•••••678`, `KE.1349•••1918`."""
    if customer_id[:1].isalpha():
        return _mask_whatsapp_user_id(customer_id)
    first = max(0, min(5, len(customer_id) - 8))
    return customer_id[:first] + "•" * (len(customer_id) - first - 3) + customer_id[-3:]


def _mask_whatsapp_user_id(customer_id: str) -> str:
    where, dot, number = customer_id.rpartition(".")
    shown = min(4, len(number) // 4)
    return f"{where}{dot}{number[:shown]}•••{number[len(number) - shown :]}"


def reading(metric: Metric, found: Reading) -> str:
    """Return the number of a reading, with its name and its parts: `71 % (5,012 of 7,044)`."""
    value = {"seconds": duration, "share": share, "count": count}[metric.unit](found.value)
    named = f"{found.name} {value}" if found.name else value
    if found.numerator is None or found.denominator is None:
        return named
    return f"{named} ({count(found.numerator)} of {count(found.denominator)})"


def change(metric: Metric, now: Reading, before: Reading | None) -> str:
    """Return how the number of a reading changed; a dash if the two are not about the same thing."""
    if before is None or now.value is None or before.value is None or now.name != before.name:
        return NO_VALUE
    return difference(metric.unit, now.value, before.value) or NO_VALUE


def difference(unit: str, now: float, before: float) -> str | None:
    """Return how a number changed: shares in percentage points, others in percent; None if it was 0 before."""
    if unit == "share":
        return _with_sign((now - before) * 100, 1, "points")
    return _with_sign((now / before - 1) * 100, 0, "%") if before else None


def _with_sign(number: float, decimals: int, unit: str) -> str:
    """Return a number with its sign and unit, such as `+5.0 points` or `−5.0 points`; the minus is a real one."""
    return f"{number:+.{decimals}f} {unit}".replace("-", MINUS) if round(number, decimals) else UNCHANGED
