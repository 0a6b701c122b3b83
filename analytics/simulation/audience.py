"""Who writes: the markets, their rhythm of day and week, and the users so far.

A user is a number. Everything about a user that never changes (phone, name, chats, read receipts) is computed from
that number, so each user takes only five bytes.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

QUARTERS: Final = 96
"""Quarter hours in a day: the grain of the rhythm, fine enough for zones such as India's +05:30."""

QUARTER_MS: Final = 900_000


@dataclass(frozen=True)
class Market:
    """Users of one country and time zone, `share` of all, whose phones are a prefix and `digits` more."""

    country: str
    zone: str
    share: float
    prefixes: tuple[str, ...]
    digits: int
    first_names: str
    last_names: str


def _america(*area_codes: int) -> tuple[str, ...]:
    """Return the prefixes under +1: an area code, then a first digit that is not 0 or 1."""
    return tuple(f"1{area}{digit}" for area in area_codes for digit in range(2, 10))


_EAST_AFRICA = "Amina Baraka Zawadi Juma Neema Otieno Wanjiru Kamau Achieng Salma Fatuma Daudi"
_EAST_AFRICAN = "Mwangi Odhiambo Njoroge Kiprono Mushi Wairimu Hamisi Okello Nakato Mrema"
_WEST_AFRICA = "Chidi Ngozi Emeka Tọ́lá Adébáyọ̀ Kofi Ama Kwabena Ifeoma Sadé Efua Bọ́lá"
_WEST_AFRICAN = "Okafor Balógun Mensah Adéyẹmí Eze Owusu Nwosu Boateng Bello Asante"
_SOUTH_AFRICA = "Thabo Lerato Sipho Naledi Pieter Anél Zanele Johan Nomsa André"
_SOUTH_AFRICAN = "Nkosi Dlamini Botha van\u00a0Wyk Mokoena Naidoo Khumalo Smit"
_INDIA = "Priya अनिता Rahul राहुल Sanjay Deepa Arjun मीरा Kavya Vikram"
_INDIAN = "Sharma पटेल Iyer Reddy Gupta शर्मा Nair Das"
_BRAZIL = "João Maria José Luíza Antônio Beatriz Conceição Tiago Inês Caio"
_BRAZILIAN = "Souza Araújo Gonçalves Lima Conceição Rocha Assunção Alves"
_ENGLISH = "Emma Noah Olivia Liam Zoë James Chloé Ethan Mia Lucas Siân Oscar"
_ENGLISH_LAST = "Smith Johnson Brown O'Brien Taylor Nguyễn Clark Lee Martínez Walker"
_GERMANY = "Lukas Jürgen Anna Björn Käthe Leon Sören Mia Günter Zoë"
_GERMAN = "Müller Schäfer Weiß Becker Köhler Öztürk Wagner Groß"
_EGYPT = "محمد Mona Ahmed فاطمة Youssef Nour Karim سارة"
_EGYPTIAN = "Hassan علي Ibrahim Mostafa Saleh حسن"

MARKETS: Final = (
    Market("KE", "Africa/Nairobi", 0.24, ("25470", "25471", "25472", "25479"), 7, _EAST_AFRICA, _EAST_AFRICAN),
    Market("NG", "Africa/Lagos", 0.17, ("234803", "234806", "234703", "234905"), 7, _WEST_AFRICA, _WEST_AFRICAN),
    Market("ZA", "Africa/Johannesburg", 0.12, ("2772", "2773", "2782", "2783"), 7, _SOUTH_AFRICA, _SOUTH_AFRICAN),
    Market("IN", "Asia/Kolkata", 0.09, ("9190", "9197", "9198", "9199"), 8, _INDIA, _INDIAN),
    Market(
        "TZ",
        "Africa/Dar_es_Salaam",
        0.08,
        ("25565", "25568", "25574", "25575"),
        7,
        _EAST_AFRICA,
        _EAST_AFRICAN,
    ),
    Market("BR", "America/Sao_Paulo", 0.07, ("551198", "551199", "552198", "553199"), 7, _BRAZIL, _BRAZILIAN),
    Market("UG", "Africa/Kampala", 0.05, ("25670", "25675", "25677", "25678"), 7, _EAST_AFRICA, _EAST_AFRICAN),
    Market("GB", "Europe/London", 0.04, ("44740", "44771", "44773", "44785"), 7, _ENGLISH, _ENGLISH_LAST),
    Market("GH", "Africa/Accra", 0.03, ("23320", "23324", "23354", "23355"), 7, _WEST_AFRICA, _WEST_AFRICAN),
    Market("US", "America/New_York", 0.03, _america(212, 305, 404, 617, 646, 917), 6, _ENGLISH, _ENGLISH_LAST),
    Market("DE", "Europe/Berlin", 0.03, ("49160", "49170", "49171", "49175"), 7, _GERMANY, _GERMAN),
    Market("US", "America/Los_Angeles", 0.02, _america(206, 213, 310, 415), 6, _ENGLISH, _ENGLISH_LAST),
    Market("CA", "America/Toronto", 0.02, _america(416, 514, 613, 647), 6, _ENGLISH, _ENGLISH_LAST),
    Market("EG", "Africa/Cairo", 0.01, ("2010", "2011", "2012"), 8, _EGYPT, _EGYPTIAN),
)

_SHARES = np.array([market.share for market in MARKETS])
_HOURS = np.array([4, 2, 1, 1, 2, 6, 15, 35, 62, 84, 96, 100, 94, 88, 90, 92, 88, 78, 68, 62, 58, 46, 26, 11]) / 100
_WEEKDAYS = np.array([1.12, 1.05, 1.0, 1.0, 1.05, 0.62, 0.42])
_CAMPAIGN_HOUR = 10
_DRAWS = 8  # so many of the awake users are drawn for each wanted: most are not loyal, some are busy, some come twice


def rhythm(day: date) -> Floats:
    """Return how busy each market is in each quarter hour of the UTC `day`: shape (markets, 96), no unit."""
    quarter, weekday = _local(day)
    busy: Floats = _SHARES[:, None] * _HOURS[quarter // 4] * _WEEKDAYS[weekday]
    return busy


def campaign(day: date) -> Floats:
    """Return an array of the same shape for a campaign, which reaches each market in its own late morning."""
    quarter, _ = _local(day)
    busy: Floats = _SHARES[:, None] * (quarter // 4 == _CAMPAIGN_HOUR)
    return busy


def _local(day: date) -> tuple[Ints, Ints]:
    """Return the local quarter hour and weekday (0 is Monday) of each market and quarter of the UTC `day`."""
    noon = datetime.combine(day, time(12))
    offsets = [ZoneInfo(market.zone).utcoffset(noon) for market in MARKETS]
    shift = np.array([offset.total_seconds() // 900 if offset else 0 for offset in offsets], np.int64)
    quarter = np.arange(QUARTERS) + shift[:, None]
    return quarter % QUARTERS, (day.weekday() + quarter // QUARTERS) % 7


class Audience:
    """The users so far, by number: the market of each, and until when a conversation occupies them."""

    def __init__(self, seed: int, known: int, rng: np.random.Generator) -> None:
        """Begin with `known` users whose contacts were created before the traffic begins."""
        self.size = 0
        self._market = np.zeros(1024, np.uint8)
        self._busy_until = np.zeros(1024, np.int32)
        self._salt = seed
        self._rng = rng
        self.meet(rng.choice(len(MARKETS), known, p=_SHARES / _SHARES.sum()))

    def meet(self, markets: Ints) -> Ints:
        """Add one user in each of `markets`; return their numbers."""
        end = self.size + len(markets)
        while end > len(self._market):
            self._market = np.concatenate([self._market, np.zeros_like(self._market)])
            self._busy_until = np.concatenate([self._busy_until, np.zeros_like(self._busy_until)])
        users = np.arange(self.size, end)
        self._market[users] = markets
        self.size = end
        return users

    def returning(self, count: int, activity: Floats, minute: int) -> Ints:
        """Return at most `count` distinct known users, free at `minute`, market by market as in `activity`.

        Recent users come back more often than old ones, and a loyal quarter four times as often as others.
        """
        if not self.size:
            return np.empty(0, np.int64)
        eager = activity / _SHARES
        eager /= eager.max()
        drawn = math.ceil(_DRAWS * count / (eager @ _SHARES))
        users = (self.size * np.sqrt(self._rng.random(drawn))).astype(np.int64)
        likely = eager[self._market[users]] * np.where(self._trait(users, 0) < 64, 1, 0.25)
        users = users[(self._rng.random(len(users)) < likely) & (self._busy_until[users] <= minute)]
        return self._rng.permutation(np.unique(users))[:count]

    def occupy(self, users: Ints, until: Ints) -> None:
        """Note that `users` take part in a conversation up to these minutes."""
        self._busy_until[users] = until

    def market(self, users: Ints) -> Ints:
        """Return each user's market, as an index into `MARKETS`."""
        return self._market[users].astype(np.int64)

    def hides_reading(self, users: Ints) -> Bools:
        """Return who has switched read receipts off: about one in eight."""
        return self._trait(users, 1) < 32

    def chats(self, users: Ints) -> Ints:
        """Return how many chats (subjects) each user has: mostly 1, at most 3."""
        return 1 + (self._trait(users, 2) < 46).astype(np.int64) + (self._trait(users, 2) < 12)

    def phones(self, users: Ints) -> Ints:
        """Return the phone numbers in E.164, without the plus.

        Multiplying by a prime that shares no factor with the market's numbers deals each of them once.
        """
        market = self._market[users]
        tail = _TAILS[market]
        drawn = (users * 6_700_417 + self._salt % 9_999_991) % (_PREFIX_COUNTS[market] * tail)
        numbers: Ints = _PREFIXES[_FIRST_PREFIX[market] + drawn // tail] * tail + drawn % tail
        return numbers

    def names(self, users: Ints) -> list[str]:
        """Return invented names, of the sort found in the user's market."""
        markets = self._market[users].tolist()
        firsts, lasts = self._trait(users, 3).tolist(), self._trait(users, 4).tolist()
        return [_name(_NAMES[m], f, last) for m, f, last in zip(markets, firsts, lasts, strict=True)]

    def countries(self, users: Ints) -> list[str]:
        """Return the country codes of the users."""
        return [MARKETS[market].country for market in self._market[users].tolist()]

    def _trait(self, users: Ints, which: int) -> Ints:
        """Return 0 to 255 for each user, always the same: byte `which` of the user's hash."""
        return ((scramble(users, self._salt) >> np.uint64(8 * which)) & np.uint64(255)).astype(np.int64)


def scramble(numbers: Ints, salt: int) -> NDArray[np.uint64]:
    """Return 64 random-looking bits for each number, none twice (the finalizer of SplitMix64)."""
    offset = np.uint64(salt * 0xD1342543DE82EF95 % 2**64)
    bits = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + offset
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _name(names: tuple[list[str], list[str]], first: int, last: int) -> str:
    firsts, lasts = names
    return f"{firsts[first % len(firsts)]} {lasts[last % len(lasts)]}"


def _per_market(values: list[int]) -> Ints:
    return np.array(values, np.int64)


_NAMES = [(market.first_names.split(" "), market.last_names.split(" ")) for market in MARKETS]
_PREFIXES = _per_market([int(prefix) for market in MARKETS for prefix in market.prefixes])
_PREFIX_COUNTS = _per_market([len(market.prefixes) for market in MARKETS])
_FIRST_PREFIX = np.cumsum(_PREFIX_COUNTS) - _PREFIX_COUNTS
_TAILS = _per_market([10**market.digits for market in MARKETS])
