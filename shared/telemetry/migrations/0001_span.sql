-- Finished spans, where no OTLP endpoint takes them. They name units, skills and runs, never what those
-- were about. Units add; only the operator reads.

create table span (
    trace_id    text        not null,
    span_id     text        not null,
    parent_id   text,
    service     text        not null,
    name        text        not null,
    kind        text        not null,
    status      text        not null,
    started_at  timestamptz not null,
    ended_at    timestamptz not null,
    run_id      text,
    attributes  jsonb       not null,
    primary key (trace_id, span_id)
);

create index span_run on span (run_id) where run_id is not null;
create index span_age on span using brin (ended_at);

grant insert on span to hiremesh_unit;

-- Removes spans older than p_keep; one caller at a time does the work, the others return 0.
create function prune(p_keep interval) returns bigint
language plpgsql security definer set search_path = telemetry, pg_temp as $$
declare
    removed bigint;
begin
    if not pg_try_advisory_xact_lock(hashtext('telemetry.prune')) then return 0; end if;
    delete from span where ended_at < now() - greatest(p_keep, interval '1 hour');
    get diagnostics removed = row_count;
    return removed;
end $$;

revoke execute on function prune from public;
grant execute on function prune to hiremesh_unit;
