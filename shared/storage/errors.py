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

_KINDS: tuple[tuple[type[psycopg.Error] | tuple[type[psycopg.Error], ...], type[HiremeshError], str], ...] = (
    ((pg.UniqueViolation, pg.ExclusionViolation), Conflict, "this exists already"),
    (pg.ForeignKeyViolation, Conflict, "this refers to something that is not there, or is still referred to"),
    ((pg.IntegrityError, pg.DataError), InvalidInput, "the database does not accept this value"),
    (pg.InsufficientPrivilege, Denied, "the database does not allow this here"),
    (pg.QueryCanceled, DeadlineExceeded, "the database took too long"),
    (
        (pg.SerializationFailure, pg.DeadlockDetected, pg.LockNotAvailable),
        Unavailable,
        "the database is contended",
    ),
    (
        (pg.IdleInTransactionSessionTimeout, pg.TransactionTimeout),
        Unavailable,
        "the database ended a transaction that stood still",
    ),
    (psycopg_pool.PoolTimeout, Unavailable, "no database connection became free"),
    (pg.DiskFull, Unavailable, "the database's disk is full; nothing was kept of this"),
    ((pg.IoError, pg.InternalError_), Unavailable, "the database cannot write; its disk may be full"),
    ((pg.OperationalError, pg.InterfaceError), Unavailable, "the database does not answer"),
)

_DISK = (pg.DiskFull, pg.IoError, pg.InternalError_)


def translated(error: psycopg.Error) -> Exception:
    """Return the kernel error for a driver's error, or the error itself when it is a mistake in our SQL.

    The message names at most the constraint: the driver's own text quotes the row. Raise it
    ``from None`` for the same reason.
    """
    for kinds, child, message in _KINDS:
        if isinstance(error, kinds):
            constraint = error.diag.constraint_name
            said = f"{message} ({constraint})." if constraint else f"{message}."
            return child(said, retry_after=DISK_RETRY_SECONDS if isinstance(error, _DISK) else None)
    return error
