"""A small made market of invented people and employers, whose figures are known, and desks that answer of it."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.noise import Noise
from servers.talent_insights.deriving import derive_people, derive_postings, joined
from servers.talent_insights.store import DuckDBMarket
from servers.talent_insights.store.clickhouse_market import ClickHouseMarket
from shared.following.follower import Follower
from shared.following.model import Changes, Derived
from shared.taxonomy import Taxonomy, Words
from shared.wire.changes import PostingChange
from shared.wire.profile import Basics, Dossier, Education, Place, Profile, SkillItem, Work
from tests.support.talent import TODAY, FakeFeed

TENANT = "acme"
NO_WORDS = Words()


class SetClock:
    """A clock that stands at ``TODAY``."""

    def now(self) -> datetime:
        return datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)

    def today(self) -> date:
        return TODAY


def job(company: str, title: str, place: str, began: str, ended: str | None = None, did: str = "") -> Work:
    """Return a position; without an end it lasts."""
    return Work(
        name=company,
        position=title,
        location=place,
        start_date=began,
        end_date=ended,
        current=ended is None,
        summary=did or None,
    )


def worker(
    candidate_id: str,
    *work: Work,
    city: str = "Berlin",
    country: str = "DE",
    skills: Iterable[str] = (),
    school: str | None = None,
) -> Dossier:
    """Return somebody's dossier, the newest position first."""
    profile = Profile(
        basics=Basics(location=Place(city=city, country_code=country)),
        work=[*work],
        skills=[SkillItem(name=skill) for skill in skills],
        education=[Education(institution=school)] if school else [],
    )
    return Dossier(candidate_id=candidate_id, profile=profile, sources=[])


def people() -> list[Dossier]:
    """Return 100 people.

    40 data engineers at Acme Data, Berlin, all with Python, 24 with Kubernetes; 20 came from Kestrel Foods, 30
    studied at Ashford. 30 at Kestrel Foods, Paris, with Python and SQL. 12 nurses in Berlin. 10 left Cobalt Works
    for Amber Bank together in April 2026; 8 stayed there.
    """
    engineer = "Data Engineer"
    acme = [
        worker(
            f"acme{i:02}",
            job("Acme Data", engineer, "Berlin", "2024-01"),
            *([job("Kestrel Foods", engineer, "Paris", "2020-01", "2023-12")] if i < 20 else []),
            skills=["Python", *(["Kubernetes"] if i < 24 else [])],
            school="Ashford University" if i < 30 else None,
        )
        for i in range(40)
    ]
    kestrel = [
        worker(
            f"kestrel{i:02}",
            job("Kestrel Foods", engineer, "Paris", "2019-01"),
            city="Paris",
            country="FR",
            skills=["Python", "SQL"],
        )
        for i in range(30)
    ]
    nurses = [
        worker(f"nurse{i:02}", job("Umberfield Clinic", "Registered Nurse", "Berlin", "2018-01"))
        for i in range(12)
    ]
    left = [
        worker(
            f"left{i:02}",
            job("Amber Bank", engineer, "Remote", "2026-04", did="Wrote Apache Flink jobs"),
            job("Cobalt Works", engineer, "Paris", "2021-01", "2026-03"),
            skills=["Java"],
        )
        for i in range(10)
    ]
    stayed = [
        worker(
            f"stayed{i:02}",
            job("Cobalt Works", engineer, "Paris", "2020-01"),
            city="Paris",
            country="FR",
            skills=["Java"],
        )
        for i in range(8)
    ]
    return [*acme, *kestrel, *nurses, *left, *stayed]


def posting(number: int, **fields: object) -> PostingChange:
    """Return an open posting for a data engineer in Berlin who knows Python, paid 60,000 to 80,000."""
    made = {
        "seq": number,
        "posting_id": f"post{number}",
        "title": "Data Engineer",
        "text": "You write Python.",
        "employer": "Amber Bank",
        "location": "Berlin",
        "salary": "EUR 60000–80000 per year",
        "status": "open",
        "created_at": datetime(2026, 2, 1, tzinfo=UTC),
    }
    return PostingChange.model_validate({**made, **fields})


def postings() -> list[PostingChange]:
    """Return eight postings: six open in Berlin of which one has passed, one closed, one for nurses."""
    return [
        *(posting(number) for number in range(1, 6)),
        posting(6, valid_through="2026-05-31"),
        posting(7, status="closed", salary=None),
        posting(8, title="Registered Nurse", text="You care.", salary="EUR 25 per hour"),
    ]


class PostingFeed:
    """The jobs unit's changes of every tenant's postings, which are the same."""

    def __init__(self, changes: Sequence[PostingChange]) -> None:
        self._changes = changes

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        found = [change for change in self._changes if change.seq > seq][:limit]
        reached = found[-1].seq if found else seq
        return Changes([change.model_dump_json() for change in found], reached, len(self._changes))


async def people_rows(_: str, lines: Sequence[str], today: date) -> Derived[str]:
    """Derive people's rows in this process."""
    return joined([derive_people(list(lines), today, NO_WORDS)])


async def posting_rows(_: str, lines: Sequence[str], today: date) -> Derived[str]:
    """Derive postings' rows in this process."""
    return joined([derive_postings(list(lines), today, NO_WORDS)])


@asynccontextmanager
async def desk_on(
    folder: Path,
    feed: FakeFeed,
    changes: Sequence[PostingChange] = (),
    *,
    k: int = 5,
    noise: int = 0,
    engine: Callable[[Path], DuckDBMarket | ClickHouseMarket] = DuckDBMarket,
) -> AsyncGenerator[Desk]:
    """Open a desk whose market is in ``folder`` and follows these feeds."""
    market = engine(folder)
    clock = SetClock()
    desk = Desk(
        market,
        Follower(market.people, feed, people_rows, clock),
        Follower(market.postings, PostingFeed(changes), posting_rows, clock),
        clock,
        Taxonomy.compact(),
        k,
        Noise(b"a secret of the tests", noise, least=k),
    )
    try:
        yield desk
    finally:
        await desk.people.aclose()
        await desk.postings.aclose()
        await market.aclose()


async def caught_up(desk: Desk, tenant: str = TENANT) -> None:
    """Take in all there is."""
    await desk.people.catch_up(tenant)
    await desk.postings.catch_up(tenant)
