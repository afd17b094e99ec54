-- How a project's people are ranked, each time that a person approved it; the newest holds.
create table ranking (
    id text primary key,
    tenant text not null,
    project_id text not null references project (id),
    weights jsonb not null,
    reason text not null,
    approved_by text not null,
    approved_at timestamptz not null
);
create index ranking_of_project on ranking (project_id, id desc);
select hiremesh.enforce_tenant('ranking');

-- Who came to an interview or an offer, and who was hired, are few of all who were ever moved.
create index stage_move_far on stage_move (tenant, candidate_id) where to_stage in ('interview', 'offer');
create index candidate_stage_hired on candidate_stage (tenant, candidate_id) where stage = 'hired';
