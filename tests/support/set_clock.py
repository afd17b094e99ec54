"""The clock of a database, set to any time: for the mailbox's functions another one stands in its place."""

from datetime import timedelta

import psycopg

# Names are looked for in this schema first, by unit and functions alike: it is what clock_timestamp() means there.
CLOCK = """
    create schema clock;
    create table clock.error (by interval not null);
    insert into clock.error values ('0');
    create function clock.clock_timestamp() returns timestamptz language sql volatile security definer
        set search_path = pg_catalog as 'select clock_timestamp() + by from clock.error';
    grant usage on schema clock to public;
    alter role hiremesh_supervisor in database {database} set search_path = clock, pg_catalog, supervisor, public;
"""
WITH_A_PATH = """
    select format('alter function %s set search_path = clock, pg_catalog, pg_temp', p.oid::regprocedure)
    from pg_proc p where pronamespace = 'mailbox'::regnamespace and array_to_string(proconfig, ' ') ~ 'search_path'
"""


class SetClock:
    """Puts a clock in place of a database's; ``set`` it before anybody else connects."""

    def __init__(self, admin_url: str) -> None:
        self._url = admin_url
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute(CLOCK.format(database=connection.info.dbname).encode())
            for (change,) in connection.execute(WITH_A_PATH).fetchall():
                connection.execute(change.encode())

    def set(self, *, hours: float) -> None:
        """Let it be so many hours ahead of the true time."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("update clock.error set by = %s", (timedelta(hours=hours),))
