"""The one place where a driver's error becomes one of ours."""

import psycopg
import psycopg_pool
from psycopg import errors as pg

from shared.kernel.errors import (
    Conflict,
    DeadlineExceeded,
    Denied,
    HiremeshError,
    InvalidInput,
    Unavailable,
)

DISK_RETRY_SECONDS = 5.0
AWAY_RETRY_SECONDS = 1.0
"""What a sender is told to wait while the disk is full, or while the server is away."""

_Kinds = type[psycopg.Error] | tuple[type[psycopg.Error], ...]
_KINDS: tuple[tuple[_Kinds, type[HiremeshError], str, float | None], ...] = (
    ((pg.UniqueViolation, pg.ExclusionViolation), Conflict, "this exists already", None),
    (
        pg.ForeignKeyViolation,
        Conflict,
        "this refers to something that is not there, or is still referred to",
        None,
    ),
    ((pg.IntegrityError, pg.DataError), InvalidInput, "the database does not accept this value", None),
    (pg.InsufficientPrivilege, Denied, "the database does not allow this here", None),
    (pg.QueryCanceled, DeadlineExceeded, "the database took too long", None),
    (
        (pg.SerializationFailure, pg.DeadlockDetected, pg.LockNotAvailable),
        Unavailable,
        "the database is contended",
        None,
    ),
    (
        (pg.IdleInTransactionSessionTimeout, pg.TransactionTimeout),
        Unavailable,
        "the database ended a transaction that stood still",
        None,
    ),
    (psycopg_pool.PoolTimeout, Unavailable, "no database connection became free", AWAY_RETRY_SECONDS),
    (pg.DiskFull, Unavailable, "the database's disk is full; nothing was kept of this", DISK_RETRY_SECONDS),
    (
        (pg.IoError, pg.InternalError_),
        Unavailable,
        "the database cannot write; its disk may be full",
        DISK_RETRY_SECONDS,
    ),
    (
        (pg.OperationalError, pg.InterfaceError),
        Unavailable,
        "the database does not answer",
        AWAY_RETRY_SECONDS,
    ),
)


def translated(error: psycopg.Error) -> Exception:
    """Return the kernel error for a driver's error, or the error itself when it is a mistake in our SQL.

    The message names at most the constraint: the driver's own text quotes the row. Raise it
    ``from None`` for the same reason.
    """
    for kinds, child, message, retry_after in _KINDS:
        if isinstance(error, kinds):
            constraint = error.diag.constraint_name
            said = f"{message} ({constraint})." if constraint else f"{message}."
            return child(said, retry_after=retry_after)
    return error
