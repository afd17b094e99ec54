-- Whose candidates are judged anew every night: a project's id, or * for all of an agent's roles.
create table refresh (
    tenant   text  not null,
    agent    text  not null,
    subject  text  not null,
    title    text  not null,
    at       time  not null,                  -- in the recruiter's time zone
    primary key (tenant, agent, subject),
    foreign key (tenant, agent) references agent (tenant, id)
);
select hiremesh.enforce_tenant('refresh');

alter table attention
    add column refreshes   int not null default 0,   -- how many were sent on their way
    add column refresh_at  timestamptz,              -- when the newest of them is due; null where none is
    add column unchanged   boolean not null default false,   -- whether to tell that nothing changed, too
    add column offered     text[];                   -- sentences to choose from by number, in the next message

-- Whom it was about: a digest names them as the shortlist does when it is told.
alter table happening add column candidates text[] not null default '{}';

-- Since when a run goes before the agent's others.
alter table run add column first_at timestamptz;
