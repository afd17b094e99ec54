-- Which engines there are, and which one judges; of a deployment, not of a tenant.
create table engine_version (
    name text primary key,          -- such as judge-2f9a81c4d07e
    kind text not null check (kind in ('rules', 'cross_encoder', 'chat')),
    state text not null default 'candidate' check (state in ('candidate', 'shadow', 'serving', 'retired')),
    settings jsonb not null default '{}',   -- where it is served; no secrets
    gate jsonb,                             -- the report by which it may serve
    served_since timestamptz,               -- when it began to serve, the last time
    changed_by text not null,
    changed_at timestamptz not null default clock_timestamp()
);
create unique index engine_version_serving on engine_version (state) where state = 'serving';
create unique index engine_version_shadow on engine_version (state) where state = 'shadow';

-- How much of a sweep a version in shadow judged, beside the serving one.
create table shadow_comparison (
    tenant text not null,
    sweep_id text not null references sweep (id),
    number integer not null,        -- of the piece
    serving text not null,
    shadow text not null,
    judgements integer not null,
    created_at timestamptz not null default clock_timestamp(),
    primary key (sweep_id, number)
);
select hiremesh.enforce_tenant('shadow_comparison');

-- Where it came to another verdict.
create table shadow_difference (
    tenant text not null,
    sweep_id text not null,
    number integer not null,
    candidate_id text not null,
    qualification_id text not null,
    statement text not null,
    serving text not null,          -- verdict and confidence of each
    serving_confidence double precision not null,
    shadow text not null,
    shadow_confidence double precision not null,
    primary key (sweep_id, number, candidate_id, qualification_id),
    foreign key (sweep_id, number) references shadow_comparison (sweep_id, number) on delete cascade
);
select hiremesh.enforce_tenant('shadow_difference');
create index shadow_difference_by_candidate on shadow_difference (tenant, candidate_id);
