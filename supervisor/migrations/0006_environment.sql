-- How a recruiter wants to be told what happens, and the digest that is on its way to them.
create table attention (
    tenant     text  not null,
    agent      text  not null,
    rules      jsonb not null default '{}',
    thread     text,                          -- where they last spoke of it
    digests    int   not null default 0,      -- how many were sent on their way
    digest_at  timestamptz,                   -- when the newest of them is due; null once it was told
    primary key (tenant, agent),
    foreign key (tenant, agent) references agent (tenant, id)
);
select hiremesh.enforce_tenant('attention');

-- What they asked to hear of beyond their own roles: a project's or a posting's id, or * for all.
create table watch (
    tenant   text not null,
    agent    text not null,
    subject  text not null,
    title    text not null,
    primary key (tenant, agent, subject),
    foreign key (tenant, agent) references agent (tenant, id)
);
create index watch_subject on watch (tenant, subject);
select hiremesh.enforce_tenant('watch');

-- What happened that concerns an agent, by role: references and counts, until and after it was told.
create table happening (
    tenant   text        not null,
    agent    text        not null,
    event    text        not null,
    role     text        not null,
    title    text        not null,
    topic    text        not null,
    detail   text        not null,
    by       text,
    number   int         not null,
    at       timestamptz not null,
    told_at  timestamptz,
    at_once  boolean     not null default false,   -- told alone, when it happened
    primary key (tenant, agent, event, role),
    foreign key (tenant, agent) references agent (tenant, id)
);
create index happening_untold on happening (tenant, agent) where told_at is null;
create index happening_at_once on happening (tenant, agent, told_at) where at_once;
select hiremesh.enforce_tenant('happening');

-- Whose work an event concerns follows from what the runs know.
create index fact_project on fact (tenant, (value ->> 'project_id')) where name = 'project.ref';
create index fact_posting on fact (tenant, (value #>> '{}')) where name = 'posting.id';
create index fact_listed on fact using gin (value jsonb_path_ops) where name = 'shortlist.current';
create index step_approval on step (tenant, approval) where approval is not null;
