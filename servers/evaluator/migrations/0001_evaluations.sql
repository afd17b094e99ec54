-- One row for one candidate judged on one input; the same input is never judged twice.
create table evaluation (
    tenant text not null,
    candidate_id text not null,
    input_hash text not null,
    engine text not null,
    recommendation text not null,
    document jsonb not null,
    created_at timestamptz not null default now(),
    primary key (tenant, candidate_id, input_hash)
);
select hiremesh.enforce_tenant('evaluation');

create table run (
    id text primary key,
    tenant text not null,
    project_id text,
    revision integer,
    engine text not null,
    created_by text not null,
    created_at timestamptz not null default now()
);
select hiremesh.enforce_tenant('run');

create table run_candidate (
    tenant text not null,
    run_id text not null references run (id),
    place integer not null,
    candidate_id text not null,
    input_hash text not null,
    primary key (run_id, place),
    foreign key (tenant, candidate_id, input_hash) references evaluation (tenant, candidate_id, input_hash)
        on delete cascade
);
create index run_candidate_by_candidate on run_candidate (tenant, candidate_id);
select hiremesh.enforce_tenant('run_candidate');
