"""The invented world of the pool: real cities, coined employers, schools and personal names.

Personal names are coined from syllables, drawn without regard to place or occupation, so that a name
says nothing about anybody and belongs to nobody. Employers and schools are coined the same way.
"""

import tomllib
from bisect import bisect
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random

_GIVEN_HEAD = "Ar Bel Cor Dav El Fen Gal Hal Ir Jor Kel Lir Mar Nev Or Per Quin Ros Sar Tor Ul Vel Wen Yor Zel".split()
_GIVEN_TAIL = "a an ava el en eth ia ian il in io is ise o on ora os ota us yn".split()
_FAMILY_HEAD = (
    "Ald Bram Cand Dorn Esk Farr Grend Holm Ister Jask Kord Lund Mord Nask Ond Prav Quel Rand Skel Tarn "
    "Ulver Vask Wold Yarn Zand"
).split()
_FAMILY_MIDDLE = "a e i o u ar en il on".split()
_FAMILY_TAIL = "bek dal dor fen gar kov lin mere mont quist ridge sen stad thal vane veil wick zano".split()
_FIRM_HEAD = (
    "Amber Brightwater Cobalt Driftwood Evenfall Foxglove Greyhaven Harrowgate Ironleaf Juniper Kestrelby "
    "Larkmoor Meridale Northfen Oakhollow Pinecrest Quillon Ravensmark Silverbeck Thistledown Umberfield "
    "Verdania Westerlund Yarrowdale Zephyrine Alderwick Blackthorn Cinderhall Dunmarrow Eldermoss"
).split()
_FIRM_TAIL = (
    "Bridge Crown Field Forge Gate Harbour Hill House Key Line Point Port Ridge Stone Tower Vale Way Works"
).split()
_FIRM_KIND = {
    "software": "Software|Systems|Labs|Technologies",
    "banking": "Bank|Savings Bank|Financial",
    "insurance": "Insurance|Assurance|Mutual",
    "e-commerce": "Shops|Market|Online",
    "retail": "Stores|Retail|Department Stores",
    "telecommunications": "Telecom|Networks|Mobile",
    "logistics": "Logistics|Freight|Shipping",
    "healthcare": "Hospital|Medical Centre|Clinic|Health",
    "media": "Media|Press|Broadcasting",
    "energy": "Energy|Power|Renewables",
    "public administration": "City Council|County Office|Agency",
    "manufacturing": "Manufacturing|Industries|Products",
    "education": "School|Academy|College",
    "hospitality": "Hotels|Inns|Resort",
    "construction": "Construction|Builders|Contractors",
    "consulting": "Consulting|Advisory|Partners",
    "law": "Legal|& Partners Solicitors|Law",
    "non-profit": "Foundation|Trust|Relief",
    "research": "Research Institute|Laboratory",
    "automotive": "Motors|Automotive",
    "aerospace": "Aerospace|Aviation",
    "pharmaceuticals": "Pharma|Biosciences",
    "agriculture": "Farms|Agronomy",
    "food and beverage": "Foods|Kitchens",
}
FIRMS_PER_INDUSTRY = 60
SCHOOL_TOWNS = tuple(f"{head}{tail}" for head in ("Ash", "Birch", "Cold", "Elm", "Fern", "Glen", "Hart", "Ivy")
                     for tail in ("borough", "bury", "combe", "ford", "ham", "minster", "mouth", "ton"))  # fmt: skip


@dataclass(frozen=True)
class City:
    """A real city, so that location search has something to chew on."""

    name: str
    region: str
    country_code: str
    languages: tuple[str, ...]

    @property
    def label(self) -> str:
        """The way a résumé writes it: ``Porto, PT``."""
        return f"{self.name}, {self.country_code}"


class Cities:
    """All cities, drawn by weight."""

    def __init__(self) -> None:
        raw = tomllib.loads((files(__package__) / "places.toml").read_text(encoding="utf-8"))
        rows = [[cell.strip() for cell in line.split("|")] for line in raw["places"].splitlines() if line.strip()]
        self.all = tuple(City(n, r, c, tuple(spoken.split(","))) for n, r, c, spoken, _ in rows)
        self.language_names: dict[str, str] = raw["languages"]
        self._cumulative = list(accumulate(float(row[4]) for row in rows))
        self._by_country: dict[str, list[City]] = {}
        for city in self.all:
            self._by_country.setdefault(city.country_code, []).append(city)

    def draw(self, rng: Random) -> City:
        return self.all[bisect(self._cumulative, rng.random() * self._cumulative[-1])]

    def neighbour(self, rng: Random, city: City) -> City:
        """Return a place somebody from ``city`` may have lived before: mostly in the same country."""
        peers = self._by_country[city.country_code]
        return peers[int(rng.random() * len(peers))] if rng.random() < 0.7 else self.draw(rng)


@cache
def cities() -> Cities:
    """Return the cities, read once."""
    return Cities()


@cache
def firms(industry: str) -> tuple[str, ...]:
    """Return the coined employers of one industry, the same in every pool."""
    rng = Random(f"firms:{industry}")  # noqa: S311 - reproducible, not secret
    kinds = _FIRM_KIND.get(industry, "Group|Company|& Co|Services").split("|")
    names: dict[str, None] = {}
    while len(names) < FIRMS_PER_INDUSTRY:
        head, tail, kind = rng.choice(_FIRM_HEAD), rng.choice(_FIRM_TAIL), rng.choice(kinds)
        names[f"{head} {kind}" if rng.random() < 0.3 else f"{head} {tail} {kind}"] = None
    return tuple(names)


def coin_name(rng: Random) -> tuple[str, str]:
    """Return a coined given and family name."""
    r = rng.random
    given = _GIVEN_HEAD[int(r() * len(_GIVEN_HEAD))] + _GIVEN_TAIL[int(r() * len(_GIVEN_TAIL))]
    family = (
        _FAMILY_HEAD[int(r() * len(_FAMILY_HEAD))]
        + _FAMILY_MIDDLE[int(r() * len(_FAMILY_MIDDLE))]
        + _FAMILY_TAIL[int(r() * len(_FAMILY_TAIL))]
    )
    return given, family
