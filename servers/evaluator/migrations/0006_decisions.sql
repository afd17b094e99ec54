-- What was decided about versions of the engine, by whom and why; nothing of it is changed later.
create table engine_change (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    version text not null,          -- '-' for what the environment names
    did text not null check (did in ('registered', 'passed', 'failed', 'shadow', 'serving')),
    decided_by text not null,
    reason text not null
);
revoke update, delete on engine_change from hiremesh_evaluator;

-- Evaluations of one person are compared too, and those of people who are sent along are kept nowhere else.
alter table shadow_comparison drop constraint shadow_comparison_sweep_id_fkey;
-- Null where a worker of an earlier release compared: then its differences are counted.
alter table shadow_comparison add column differing integer;
