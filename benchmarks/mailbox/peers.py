"""The other systems, set up as their documentation recommends for order within a mailbox."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.mailbox.scenario import CONCURRENCY, INSERT, Sender

POLL_SECONDS = 0.02


class Procrastinate:
    """A job for each message, a lock for each mailbox, priorities; woken by LISTEN/NOTIFY."""

    name = "procrastinate"

    def prepare(self, admin_url: str) -> None:
        asyncio.run(self._prepare(admin_url))

    async def _prepare(self, admin_url: str) -> None:
        async with _jobs(admin_url).open_async() as app:
            await app.schema_manager.apply_schema_async()

    @asynccontextmanager
    async def sender(self, admin_url: str, nats_url: str) -> AsyncIterator[Sender]:
        async with _jobs(admin_url).open_async() as app:
            yield _JobSender(app)

    def work(self, admin_url: str, nats_url: str) -> None:
        asyncio.run(self._work(admin_url))

    async def _work(self, admin_url: str) -> None:
        from psycopg_pool import AsyncConnectionPool

        app = _jobs(admin_url)
        async with AsyncConnectionPool(admin_url, max_size=CONCURRENCY, open=False) as pool:

            @app.task(name="handle")
            async def handle(mailbox: str, n: int) -> None:
                async with pool.connection() as connection:
                    await connection.execute(INSERT, (mailbox, n))

            async with app.open_async():
                await app.run_worker_async(
                    concurrency=CONCURRENCY, fetch_job_polling_interval=1.0, install_signal_handlers=False
                )


class _JobSender:
    def __init__(self, app: Any) -> None:
        self._app = app

    async def send(self, mailbox: str, n: int, *, urgent: bool) -> None:
        job = self._app.configure_task("handle", lock=mailbox, priority=10 if urgent else 0)
        await job.defer_async(mailbox=mailbox, n=n)


def _jobs(admin_url: str) -> Any:
    from procrastinate import App, PsycopgConnector

    return App(connector=PsycopgConnector(conninfo=admin_url, max_size=CONCURRENCY + 2))


class Dbos:
    """A workflow of one step for each message, a partition for each mailbox; a queue of its own for people."""

    name = "dbos"
    queues = ("background", "interactive")

    def prepare(self, admin_url: str) -> None:
        self._launch(admin_url)
        from dbos import DBOS

        DBOS.destroy()

    @asynccontextmanager
    async def sender(self, admin_url: str, nats_url: str) -> AsyncIterator[Sender]:
        from dbos import DBOSClient

        client = DBOSClient(system_database_url=_dialect(admin_url))
        try:
            yield _WorkflowSender(client)
        finally:
            client.destroy()

    def work(self, admin_url: str, nats_url: str) -> None:
        self._launch(admin_url)
        import threading

        threading.Event().wait()

    def _launch(self, admin_url: str) -> None:
        from dbos import DBOS, DBOSConfig
        from psycopg_pool import ConnectionPool

        pool = ConnectionPool(admin_url, max_size=CONCURRENCY, open=True)
        config: DBOSConfig = {
            "name": "bench",
            "system_database_url": _dialect(admin_url),
            "application_version": "1",
            "executor_id": str(os.getpid()),
            "log_level": "ERROR",
        }
        DBOS(config=config)

        @DBOS.step(name="write")
        def write(mailbox: str, n: int) -> None:
            with pool.connection() as connection:
                connection.execute(INSERT, (mailbox, n))

        @DBOS.workflow(name="handle")
        def handle(mailbox: str, n: int) -> None:
            write(mailbox, n)

        DBOS.launch()
        for queue in self.queues:
            DBOS.register_queue(
                queue,
                partition_concurrency=1,
                worker_concurrency=CONCURRENCY // 2,
                polling_interval_sec=POLL_SECONDS,
            )


class _WorkflowSender:
    def __init__(self, client: Any) -> None:
        self._client = client

    async def send(self, mailbox: str, n: int, *, urgent: bool) -> None:
        options = {
            "queue_name": Dbos.queues[urgent],
            "workflow_name": "handle",
            "queue_partition_key": mailbox,
            "app_version": "1",
        }
        await self._client.enqueue_async(options, mailbox, n)


def _dialect(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
