-- Each step of a message's life is one function, so that it is one round trip and one place.

-- Appends a message. outcome: queued, woke (the mailbox was idle), claimed (for p_owner), duplicate, full.
create function send(
    p_tenant text, p_mailbox text, p_body jsonb, p_key text, p_lane int, p_not_before timestamptz,
    p_correlation text, p_causation text, p_traceparent text, p_bound int,
    p_owner text default null, p_lease interval default null,
    out seq bigint, out outcome text, out epoch bigint
) language plpgsql as $$
declare
    box mailbox.mailbox;
begin
    select * into box from mailbox.mailbox m where m.tenant = p_tenant and m.id = p_mailbox for update;
    if not found then
        insert into mailbox.mailbox (tenant, id) values (p_tenant, p_mailbox) on conflict do nothing;
        select * into box from mailbox.mailbox m where m.tenant = p_tenant and m.id = p_mailbox for update;
    end if;
    if p_key is not null then
        select m.seq, 'duplicate' into seq, outcome from mailbox.message m
        where m.tenant = p_tenant and m.mailbox = p_mailbox and m.key = p_key;
        if found then return; end if;
    end if;
    if box.pending >= p_bound then
        outcome := 'full';
        return;
    end if;
    seq := box.tail + 1;
    insert into mailbox.message (tenant, mailbox, seq, key, lane, not_before, body, correlation_id, causation_id, traceparent)
    values (p_tenant, p_mailbox, seq, p_key, p_lane, p_not_before, p_body, p_correlation, p_causation, p_traceparent);
    if box.pending > 0 then
        outcome := 'queued';
        update mailbox.mailbox m set
            tail = send.seq, pending = box.pending + 1,
            lane = least(box.lane, p_lane),
            lane_until = case when p_lane <= box.lane then send.seq else box.lane_until end
        where m.tenant = p_tenant and m.id = p_mailbox;
        return;
    end if;
    outcome := case when p_owner is not null and p_not_before is null then 'claimed' else 'woke' end;
    update mailbox.mailbox m set
        tail = send.seq, head = send.seq, pending = 1, lane = p_lane, lane_until = send.seq,
        owner = case outcome when 'claimed' then p_owner end,
        attempts = case outcome when 'claimed' then 1 else 0 end,
        epoch = box.epoch + (outcome = 'claimed')::int,
        ready_at = case outcome
            when 'claimed' then clock_timestamp() + p_lease
            else coalesce(p_not_before, clock_timestamp()) end
    where m.tenant = p_tenant and m.id = p_mailbox
    returning m.epoch into epoch;
end $$;

-- Appends to the history what nobody has to handle, such as a reply.
create function note(
    p_tenant text, p_mailbox text, p_body jsonb, p_key text,
    p_correlation text, p_causation text, p_traceparent text
) returns bigint language plpgsql as $$
declare
    place bigint;
begin
    insert into mailbox.mailbox (tenant, id) values (p_tenant, p_mailbox) on conflict do nothing;
    perform from mailbox.mailbox m where m.tenant = p_tenant and m.id = p_mailbox for update;
    select m.seq into place from mailbox.message m
    where m.tenant = p_tenant and m.mailbox = p_mailbox and m.key = p_key;
    if found then return place; end if;
    update mailbox.mailbox m set tail = m.tail + 1, head = case m.pending when 0 then m.tail + 2 else m.head end
    where m.tenant = p_tenant and m.id = p_mailbox returning m.tail into place;
    insert into mailbox.message (tenant, mailbox, seq, key, lane, body, correlation_id, causation_id, traceparent, outcome)
    values (p_tenant, p_mailbox, place, p_key, 1, p_body, p_correlation, p_causation, p_traceparent, 'noted');
    return place;
end $$;

-- Takes ready mailboxes of one kind. p_caps[i + 1] is the most that may come from lane i and the less
-- urgent ones together, which keeps slots free for the more urgent.
create function claim(p_kind text, p_owner text, p_lease interval, p_caps int[])
returns table (
    tenant text, mailbox text, seq bigint, epoch bigint, attempt int, lane int, key text, body jsonb,
    correlation_id text, causation_id text, traceparent text, sent_at timestamptz
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    taken int;
    wanted int;
begin
    -- A unit's role serves its own mailboxes: their kind begins with its name.
    if session_user like 'hiremesh\_%' and split_part(p_kind, '.', 1) <> substr(session_user, 10) then
        raise insufficient_privilege using message = format('%s may not claim %s', session_user, p_kind);
    end if;
    for level in 1 .. array_length(p_caps, 1) loop
        wanted := (select min(cap) from unnest(p_caps[:level]) cap);
        continue when wanted <= 0;
        return query
            with picked as (
                select m.tenant, m.id from mailbox.mailbox m
                where m.kind = p_kind and m.lane = level - 1 and m.ready_at <= clock_timestamp()
                order by m.ready_at limit wanted for update skip locked
            ), claimed as (
                update mailbox.mailbox m set
                    epoch = m.epoch + 1, owner = p_owner, attempts = m.attempts + 1,
                    ready_at = clock_timestamp() + p_lease
                from picked p where m.tenant = p.tenant and m.id = p.id
                returning m.tenant, m.id, m.head, m.epoch, m.attempts, m.lane
            )
            select c.tenant, c.id, c.head, c.epoch, c.attempts, c.lane::int, g.key, g.body,
                g.correlation_id, g.causation_id, g.traceparent, g.sent_at
            from claimed c join mailbox.message g on g.tenant = c.tenant and g.mailbox = c.id and g.seq = c.head;
        get diagnostics taken = row_count;
        -- What one lane took counts against every cap that includes it.
        select array_agg(cap - case when i <= level then taken else 0 end order by i)
        into p_caps from unnest(p_caps) with ordinality as caps(cap, i);
    end loop;
end $$;

-- Extends leases; returns those still held.
create function renew(p_owner text, p_lease interval, p_tenants text[], p_mailboxes text[], p_epochs bigint[])
returns table (tenant text, mailbox text, epoch bigint)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update mailbox.mailbox m set ready_at = clock_timestamp() + p_lease
    from unnest(p_tenants, p_mailboxes, p_epochs) held (tenant, id, epoch)
    where m.tenant = held.tenant and m.id = held.id and m.epoch = held.epoch and m.owner = p_owner
    returning m.tenant, m.id, m.epoch
$$;

-- Moves a locked mailbox on to the first unhandled message after p_seq; keeps it claimed for p_owner if
-- that is given and the message is due. Returns the new epoch if it was kept.
create function advance(p_tenant text, p_mailbox text, p_seq bigint, p_owner text, p_lease interval)
returns bigint language plpgsql as $$
declare
    following mailbox.message;
    kept boolean;
    new_epoch bigint;
begin
    select * into following from mailbox.message g
    where g.tenant = p_tenant and g.mailbox = p_mailbox and g.seq > p_seq and g.outcome is null
    order by g.seq limit 1;
    kept := p_owner is not null and following.seq is not null and coalesce(following.not_before <= clock_timestamp(), true);
    update mailbox.mailbox m set
        head = coalesce(following.seq, m.tail + 1),
        pending = m.pending - 1,
        epoch = m.epoch + 1,
        owner = case when kept then p_owner end,
        attempts = kept::int,
        lane = case when m.lane_until >= following.seq then m.lane else coalesce(following.lane, m.lane) end,
        ready_at = case
            when kept then clock_timestamp() + p_lease
            when following.seq is null then 'infinity'
            else coalesce(following.not_before, clock_timestamp()) end
    where m.tenant = p_tenant and m.id = p_mailbox
    returning m.epoch into new_epoch;
    return case when kept then new_epoch end;
end $$;

-- Ends a message in the handler's transaction. held is false when the lease was lost: roll back.
-- With p_owner, the next message, if it is due, comes back claimed.
create function done(
    p_tenant text, p_mailbox text, p_epoch bigint, p_seq bigint, p_owner text, p_lease interval
) returns table (
    held boolean, seq bigint, epoch bigint, lane int, key text, body jsonb,
    correlation_id text, causation_id text, traceparent text, sent_at timestamptz
) language plpgsql as $$
declare
    kept bigint;
begin
    perform from mailbox.mailbox m
    where m.tenant = p_tenant and m.id = p_mailbox and m.epoch = p_epoch and m.head = p_seq for update;
    if not found then
        return query select false, null::bigint, null::bigint, null::int, null::text, null::jsonb,
            null::text, null::text, null::text, null::timestamptz;
        return;
    end if;
    kept := mailbox.advance(p_tenant, p_mailbox, p_seq, p_owner, p_lease);
    return query
        select true, g.seq, kept, m.lane::int, g.key, g.body,
            g.correlation_id, g.causation_id, g.traceparent, g.sent_at
        from mailbox.mailbox m
        left join mailbox.message g
            on kept is not null and g.tenant = m.tenant and g.mailbox = m.id and g.seq = m.head
        where m.tenant = p_tenant and m.id = p_mailbox;
end $$;

-- Ends an attempt: again after p_retry_in, or to the dead letters where that is null. Null: lease lost.
create function fail(
    p_tenant text, p_mailbox text, p_epoch bigint, p_seq bigint, p_retry_in interval, p_code text, p_error text
) returns text language plpgsql as $$
declare
    box mailbox.mailbox;
begin
    update mailbox.mailbox m set
        last_error = jsonb_build_object('seq', p_seq, 'code', p_code, 'error', p_error, 'at', clock_timestamp()),
        owner = null, epoch = m.epoch + 1, ready_at = clock_timestamp() + coalesce(p_retry_in, interval '0')
    where m.tenant = p_tenant and m.id = p_mailbox and m.epoch = p_epoch and m.head = p_seq
    returning * into box;
    if not found then return null; end if;
    if p_retry_in is not null then return 'retry'; end if;
    update mailbox.message g set outcome = 'dead'
    where g.tenant = p_tenant and g.mailbox = p_mailbox and g.seq = p_seq;
    insert into mailbox.dead_letter (tenant, mailbox, seq, attempts, code, error)
    values (p_tenant, p_mailbox, p_seq, box.attempts, p_code, p_error);
    perform mailbox.advance(p_tenant, p_mailbox, p_seq, null, null);
    return 'dead';
end $$;

-- Gives an unfinished message back, the attempt not counted.
create function release(p_tenant text, p_mailbox text, p_epoch bigint, p_seq bigint) returns boolean
language sql as $$
    update mailbox.mailbox m set
        owner = null, epoch = m.epoch + 1, attempts = greatest(m.attempts - 1, 0), ready_at = clock_timestamp()
    where m.tenant = p_tenant and m.id = p_mailbox and m.epoch = p_epoch and m.head = p_seq
    returning true
$$;

-- Takes a message back: waiting, stopped (it was being handled; its worker loses the lease), over, or null.
create function cancel(p_tenant text, p_mailbox text, p_seq bigint) returns text language plpgsql as $$
declare
    box mailbox.mailbox;
begin
    select * into box from mailbox.mailbox m where m.tenant = p_tenant and m.id = p_mailbox for update;
    update mailbox.message g set outcome = 'cancelled'
    where g.tenant = p_tenant and g.mailbox = p_mailbox and g.seq = p_seq and g.outcome is null and g.seq >= box.head;
    if not found then
        return (select 'over' from mailbox.message g
                where g.tenant = p_tenant and g.mailbox = p_mailbox and g.seq = p_seq);
    end if;
    if p_seq = box.head then
        perform mailbox.advance(p_tenant, p_mailbox, p_seq, null, null);
        return case when box.owner is null then 'waiting' else 'stopped' end;
    end if;
    update mailbox.mailbox m set pending = m.pending - 1 where m.tenant = p_tenant and m.id = p_mailbox;
    return 'waiting';
end $$;

revoke execute on all functions in schema mailbox from public;
grant execute on all functions in schema mailbox to hiremesh_unit;
