-- A judgement stands while what it read and what it was asked are the same.
alter table evaluation
    add column reading text,
    add column questions text[] not null default '{}';
create index evaluation_by_candidate on evaluation (tenant, candidate_id, created_at desc);

-- How each candidate of a run came out, in counts.
alter table run_candidate add column outcome jsonb;

-- The evaluation of many, worked off piece by piece; its id is its run's.
create table sweep (
    id text primary key references run (id),
    tenant text not null,
    state text not null check (state in ('running', 'done', 'stopped', 'cancelled', 'failed')),
    reason text,
    retryable boolean not null default false,
    round integer not null,
    requirements jsonb not null,
    principal jsonb,                    -- for whom it works; gone once it has ended
    deadline timestamptz not null,
    seconds double precision not null,  -- of processor time it may use
    spent double precision not null default 0,
    candidates integer not null,
    left_out integer not null,
    pieces integer not null,
    open_pieces integer not null,
    judged integer not null default 0,
    reused integer not null default 0,
    kept integer not null default 0,
    redone integer not null default 0
);
select hiremesh.enforce_tenant('sweep');

create table piece (
    tenant text not null,
    sweep_id text not null references sweep (id),
    number integer not null,
    first integer not null,
    candidate_ids text[] not null,
    unknown text[] not null default '{}',
    done boolean not null default false,
    primary key (sweep_id, number)
);
select hiremesh.enforce_tenant('piece');
