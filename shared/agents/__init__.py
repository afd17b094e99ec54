"""For authors of agents: an inbox that handles typed messages, and what a LangGraph agent keeps in Postgres.

``inbox`` turns a call of an A2A skill into a message of a mailbox and its reply into the result. ``threads``
runs a graph behind a mailbox; ``checkpoints`` and ``memory`` are its providers, confined to one tenant at a
time. A unit that uses them has one migration, ``select agents.keep_graphs();``, which makes their tables.
"""
