-- A search for one revision of requirements: its plan and how far it is.
create table search (
    id text primary key,
    tenant text not null,
    project_id text not null,
    revision integer not null,
    round integer not null,
    document jsonb not null,
    created_at timestamptz not null default now()
);
create index search_of_project on search (tenant, project_id, revision, id desc);
select hiremesh.enforce_tenant('search');

-- One query of a search, with what became of it.
create table query (
    tenant text not null,
    search_id text not null references search (id),
    id text not null,
    rank integer not null,
    status text not null check (status in ('open', 'dry', 'set_aside')),
    brought integer not null,
    document jsonb not null,
    primary key (search_id, id)
);
select hiremesh.enforce_tenant('query');

-- Who was handed on, by which query, in which round; nobody is handed on twice for a project.
create table result (
    tenant text not null,
    project_id text not null,
    search_id text not null references search (id),
    candidate_id text not null,
    query_id text not null,
    round integer not null,
    rank integer not null,
    score double precision not null,
    primary key (tenant, project_id, candidate_id)
);
create index result_of_search on result (search_id, round, rank);
select hiremesh.enforce_tenant('result');

-- The answer of each round, found again by its request: a repeated request has no second effect.
create table answer (
    tenant text not null,
    request_hash text not null,
    search_id text not null references search (id),
    round integer not null,
    document jsonb not null,
    answered_at timestamptz not null default now(),
    primary key (tenant, request_hash),
    unique (search_id, round)
);
select hiremesh.enforce_tenant('answer');
