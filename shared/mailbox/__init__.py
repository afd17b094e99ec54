"""Mailboxes in PostgreSQL: strict order, one message in flight, effects exactly once, woken over NATS.

A mailbox is named ``<kind>:<name>``, and the kind begins with the unit that serves it
(``supervisor.agent:ada``). Senders use ``Mailboxes``; an agent's author gives a ``Worker`` a handler and
never sees the queue. Retrying happens here and nowhere else, for errors that say they are retryable.
"""

from shared.kernel.window import Window
from shared.mailbox.mailboxes import Mailboxes
from shared.mailbox.model import (
    Backoff,
    DeadLetter,
    Entry,
    Lane,
    LeaseLost,
    MailboxState,
    Message,
    Sent,
)
from shared.mailbox.presence import TellingPeople, hearing
from shared.mailbox.slots import People, Slots
from shared.mailbox.turns import Finish, InTransaction, WithLease
from shared.mailbox.typed import (
    Outcome,
    Received,
    Reply,
    Send,
    Write,
    packed,
    typed,
    typed_in_transaction,
)
from shared.mailbox.worker import Worker

__all__ = [
    "Backoff",
    "DeadLetter",
    "Entry",
    "Finish",
    "InTransaction",
    "Lane",
    "LeaseLost",
    "MailboxState",
    "Mailboxes",
    "Message",
    "Outcome",
    "People",
    "Received",
    "Reply",
    "Send",
    "Sent",
    "Slots",
    "TellingPeople",
    "Window",
    "WithLease",
    "Worker",
    "Write",
    "hearing",
    "packed",
    "typed",
    "typed_in_transaction",
]
