-- One agent per recruiter: identity, and the newest sign-in under which it may act for that person.
create table agent (
    tenant      text        not null,
    id          text        not null,
    subject     text        not null,
    delegation  jsonb       not null,
    created_at  timestamptz not null default now(),
    primary key (tenant, id),
    unique (tenant, subject)
);
select hiremesh.enforce_tenant('agent');

-- One run per goal. It belongs to the agent, not to a connection.
create table run (
    tenant      text        not null,
    id          text        not null,
    agent       text        not null,
    thread      text        not null,
    turn        text        not null,
    goal        jsonb       not null,
    plan        jsonb,
    status      text        not null,
    reason      text,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    primary key (tenant, id),
    foreign key (tenant, agent) references agent (tenant, id)
);
create index run_by_thread on run (tenant, agent, thread, created_at desc);
select hiremesh.enforce_tenant('run');

create table fact (
    tenant   text        not null,
    run      text        not null,
    name     text        not null,
    value    jsonb       not null,
    version  text        not null,
    step     text,
    at       timestamptz not null default now(),
    primary key (tenant, run, name),
    foreign key (tenant, run) references run (tenant, id) on delete cascade
);
select hiremesh.enforce_tenant('fact');

-- The id is derived from the skill and the versions of its inputs: the same call is the same row.
create table step (
    tenant      text        not null,
    run         text        not null,
    id          text        not null,
    skill       text        not null,
    title       text        not null,
    required    jsonb       not null,
    optional    jsonb       not null,
    status      text        not null,
    attempts    int         not null default 0,
    retry_at    timestamptz,
    approval    text,
    error       text,
    summary     text,
    started_at  timestamptz not null default now(),
    ended_at    timestamptz,
    primary key (tenant, run, id),
    foreign key (tenant, run) references run (tenant, id) on delete cascade
);
select hiremesh.enforce_tenant('step');
