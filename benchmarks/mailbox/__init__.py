"""The mailbox beside two queues on PostgreSQL that keep an order too: procrastinate (a lock for each mailbox) and
dbos (a queue with a partition for each mailbox). Every system gets a database of the same server, the same
messages, the same effect (a row), two worker processes and twelve messages at a time in each.
"""
