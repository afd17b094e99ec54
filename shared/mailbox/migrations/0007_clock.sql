-- The database's clock is the only one that leases, pauses and schedules are measured by. Set forward, it ends
-- leases early, and an epoch makes whoever lost one roll back. Set back, it needs this.

-- What was due stays due although the clock went back by p_by; leases end no later than new ones would; a pause
-- before a retry is as long as it was to be. What is scheduled keeps its time. Returns how many were mended.
create function clock_was_set_back(p_kind text, p_lease interval, p_by interval) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    mended int;
    now_at timestamptz := clock_timestamp();
begin
    if session_user like 'hiremesh\_%' and split_part(p_kind, '.', 1) <> substr(session_user, 10) then
        raise insufficient_privilege using message = format('%s may not mend %s', session_user, p_kind);
    end if;
    update mailbox.mailbox m set
        ready_at = case
            when m.owner is not null then now_at + p_lease
            when m.attempts = 0 then now_at
            else greatest(now_at, m.ready_at - p_by) end
    from (
        select b.tenant, b.id from mailbox.mailbox b
        where b.kind = p_kind and b.ready_at < 'infinity'
            and b.ready_at > now_at + case when b.owner is null then interval '0' else p_lease end
            and (b.owner is not null or b.attempts = 0 or p_by > interval '0')
            and not exists (
                select from mailbox.message g
                where g.tenant = b.tenant and g.mailbox = b.id and g.seq = b.head and g.not_before > now_at
            )
        for update skip locked   -- who holds one of them sees to it
    ) late
    where m.tenant = late.tenant and m.id = late.id;
    get diagnostics mended = row_count;
    return mended;
end $$;

revoke execute on function clock_was_set_back from public;
grant execute on function clock_was_set_back to hiremesh_unit;
