-- An agent's life: pauses that end by themselves, an end that takes no more messages before it is exported, and
-- another agent for who comes back after it.
alter table agent
    add column generation    int not null default 1,
    add column paused_until  timestamptz,
    add column closed_at     timestamptz,   -- since then it takes no messages; retired once all of it is exported
    drop constraint agent_tenant_subject_key;
create unique index agent_generation on agent (tenant, subject, generation);
create unique index agent_living on agent (tenant, subject) where retired_at is null;
