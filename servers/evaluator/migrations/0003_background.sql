-- Sweeps that run at certain hours, that look again at what changed, and that are tidied away when they are old.
alter table sweep
    add column "window" text,                            -- such as 22:00-06:00 Europe/Berlin; null: at any time
    add column refreshed text references run (id),       -- what it looks at again
    add column gone text[] not null default '{}',        -- who was not there any more, once the pieces are removed
    add column tidied boolean not null default false;    -- its pieces and mailboxes are removed
create index sweep_untidied on sweep (deadline) where not tidied;
create index run_by_project on run (tenant, project_id, created_at desc);

-- Sweeps of all organisations that nobody will take up again, oldest first.
create policy tidying on sweep for select to hiremesh_owner using (true);
create function forgotten_sweeps(p_keep interval, p_most int) returns table (tenant text, id text)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select s.tenant, s.id from evaluator.sweep s
    where not s.tidied and s.deadline < clock_timestamp() - p_keep
    order by s.deadline limit p_most
$$;
revoke execute on function forgotten_sweeps from public;
grant execute on function forgotten_sweeps to hiremesh_evaluator;
