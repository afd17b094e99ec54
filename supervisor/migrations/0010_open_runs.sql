-- Who is at work is asked for lists of agents, however many runs have ended.
create index run_open on run (tenant, agent) where status not in ('done', 'failed', 'cancelled');
