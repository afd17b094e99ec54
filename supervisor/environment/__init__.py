"""What happens outside an agent's own work, and what it makes of it.

Units publish what happened; ``following`` puts each event into the mailboxes of the agents it concerns, once;
``minding`` acts, tells or keeps it for a digest, by the recruiter's ``rules``, which ``wording`` reads from the
chat; ``digests`` tells what was kept.
"""
