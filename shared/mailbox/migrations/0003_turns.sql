-- Turns: several messages of a mailbox at once, tenants one after the other, mailboxes that are paused or retired.

alter table mailbox
    add column mode text not null default 'open' check (mode in ('open', 'paused', 'retired')),
    add column mode_reason text,
    add column held_to bigint not null default 0;   -- the claim's owner may hold messages from head up to here

-- What is due, oldest first; and whose turn it is.
drop index mailbox_ready;
create index mailbox_ready on mailbox (kind, lane, ready_at) where ready_at < 'infinity' and mode = 'open';
create index mailbox_turn on mailbox (kind, lane, tenant, ready_at) where ready_at < 'infinity' and mode = 'open';

-- Functions whose parameters or results change are dropped with those that call them.
drop function send(text, text, jsonb, text, int, timestamptz, text, text, text, int, text, interval);
drop function claim(text, text, interval, int[]);
drop function done(text, text, bigint, bigint, text, interval);
drop function fail(text, text, bigint, bigint, interval, text, text);
drop function cancel(text, text, bigint);
drop function advance(text, text, bigint, text, interval);

-- Appends a message. outcome: queued, woke (the mailbox was idle), claimed (for p_owner), paused (kept until it
-- is resumed), duplicate, full, retired.
create function send(
    p_tenant text, p_mailbox text, p_body jsonb, p_key text, p_lane int, p_not_before timestamptz,
    p_correlation text, p_causation text, p_traceparent text, p_bound int,
    p_owner text default null, p_lease interval default null,
    out seq bigint, out outcome text, out epoch bigint, out sent_at timestamptz
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
    if box.mode = 'retired' or box.pending >= p_bound then
        outcome := case box.mode when 'retired' then 'retired' else 'full' end;
        return;
    end if;
    seq := box.tail + 1;
    sent_at := clock_timestamp();
    insert into mailbox.message
        (tenant, mailbox, seq, key, lane, not_before, body, correlation_id, causation_id, traceparent, sent_at)
    values (p_tenant, p_mailbox, seq, p_key, p_lane, p_not_before, p_body, p_correlation, p_causation,
        p_traceparent, sent_at);
    if box.pending > 0 then
        outcome := case box.mode when 'paused' then 'paused' else 'queued' end;
        update mailbox.mailbox m set
            tail = send.seq, pending = box.pending + 1,
            lane = least(box.lane, p_lane),
            lane_until = case when p_lane <= box.lane then send.seq else box.lane_until end
        where m.tenant = p_tenant and m.id = p_mailbox;
        return;
    end if;
    outcome := case
        when box.mode = 'paused' then 'paused'
        when p_owner is not null and p_not_before is null then 'claimed'
        else 'woke' end;
    update mailbox.mailbox m set
        tail = send.seq, head = send.seq, held_to = send.seq, pending = 1, lane = p_lane, lane_until = send.seq,
        owner = case outcome when 'claimed' then p_owner end,
        attempts = case outcome when 'claimed' then 1 else 0 end,
        epoch = box.epoch + (outcome = 'claimed')::int,
        ready_at = case outcome
            when 'claimed' then clock_timestamp() + p_lease
            else coalesce(p_not_before, clock_timestamp()) end
    where m.tenant = p_tenant and m.id = p_mailbox
    returning m.epoch into epoch;
end $$;

-- The messages that a claim holds: the head and those after it that are due and as urgent, up to held_to.
create function held(box mailbox) returns table (
    seq bigint, key text, body jsonb, correlation_id text, causation_id text, traceparent text, sent_at timestamptz
) language sql stable as $$
    select g.seq, g.key, g.body, g.correlation_id, g.causation_id, g.traceparent, g.sent_at
    from (
        select m.*, bool_and(
            m.seq = box.head
            or coalesce(m.not_before <= clock_timestamp(), true) and (m.seq <= box.lane_until or m.lane = box.lane)
        ) over (order by m.seq) as goes_along
        from mailbox.message m
        where m.tenant = box.tenant and m.mailbox = box.id and m.outcome is null
            and m.seq between box.head and box.held_to
    ) g
    where g.goes_along
    order by g.seq
$$;

-- Takes ready mailboxes of one kind, and of each up to p_together messages. p_caps[i + 1] is the most that may
-- come from lane i and the less urgent ones together, which keeps slots free for the more urgent.
-- Tenants take turns: in each lane first one mailbox of each tenant after p_after[i + 1] (in_turn), in the order
-- of their names, then the oldest of anybody. A look for whose turn it is ends after a hundred tenants.
create function claim(
    p_kind text, p_owner text, p_lease interval, p_caps int[], p_after text[], p_together int
) returns table (
    tenant text, mailbox text, seq bigint, epoch bigint, attempt int, lane int, in_turn boolean, key text, body jsonb,
    correlation_id text, causation_id text, traceparent text, sent_at timestamptz
) language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    -- One plan, made for full tables even while they are empty.
    set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare
    wanted int;
    boxes mailbox.mailbox[];
    turns boolean[];
    box mailbox.mailbox;
    now_at timestamptz := clock_timestamp();   -- a variable, so that indexes can look it up
begin
    -- A unit's role serves its own mailboxes: their kind begins with its name.
    if session_user like 'hiremesh\_%' and split_part(p_kind, '.', 1) <> substr(session_user, 10) then
        raise insufficient_privilege using message = format('%s may not claim %s', session_user, p_kind);
    end if;
    for level in 1 .. array_length(p_caps, 1) loop
        wanted := (select min(cap) from unnest(p_caps[:level]) cap);
        continue when wanted <= 0;
        with recursive others (name, number) as (
            select p_after[level], 0
            union all
            select (
                select m.tenant from mailbox.mailbox m
                where m.kind = p_kind and m.lane = level - 1 and m.ready_at < 'infinity' and m.mode = 'open'
                    and m.tenant > o.name
                order by m.tenant limit 1
            ), o.number + 1
            from others o where o.name is not null and o.number < 100
        ), next_ones as materialized (
            select n.tenant, n.id
            from others o cross join lateral (
                select m.tenant, m.id from mailbox.mailbox m
                where m.kind = p_kind and m.lane = level - 1 and m.mode = 'open'
                    and m.tenant = o.name and m.ready_at <= now_at and m.ready_at < 'infinity'
                order by m.ready_at limit 1 for update skip locked
            ) n
            where o.number > 0
            limit wanted
        ), oldest as materialized (
            select m.tenant, m.id from mailbox.mailbox m
            where m.kind = p_kind and m.lane = level - 1 and m.mode = 'open' and m.ready_at <= now_at
                and m.ready_at < 'infinity'   -- said again for the planner: the indexes are partial
                and not exists (select from next_ones n where n.tenant = m.tenant and n.id = m.id)
            order by m.ready_at limit wanted - (select count(*) from next_ones) for update skip locked
        ), picked as (
            select n.tenant, n.id, true as in_turn from next_ones n
            union all
            select o.tenant, o.id, false from oldest o
        ), claimed as (
            update mailbox.mailbox m set
                epoch = m.epoch + 1, owner = p_owner, attempts = m.attempts + 1,
                -- A message that was tried before is tried alone: what fails must not take others with it.
                held_to = m.head + case m.attempts when 0 then p_together - 1 else 0 end,
                ready_at = clock_timestamp() + p_lease
            from picked p where m.tenant = p.tenant and m.id = p.id
            returning m as box, p.in_turn
        )
        select coalesce(array_agg(c.box), '{}'), array_agg(c.in_turn) into boxes, turns from claimed c;
        for place in 1 .. cardinality(boxes) loop
            box := boxes[place];
            return query
                select box.tenant, box.id, g.seq, box.epoch, box.attempts, box.lane::int, turns[place],
                    g.key, g.body, g.correlation_id, g.causation_id, g.traceparent, g.sent_at
                from mailbox.held(box) g;
        end loop;
        -- What one lane took counts against every cap that includes it.
        select array_agg(cap - case when i <= level then cardinality(boxes) else 0 end order by i)
        into p_caps from unnest(p_caps) with ordinality as caps(cap, i);
    end loop;
end $$;

-- Moves a mailbox, as it was locked, on to the first unhandled message after p_seq; keeps it claimed for
-- p_owner if that is given and the message is due. p_count messages ended. Returns it as it is now.
create function advance(
    box mailbox, p_seq bigint, p_count int, p_owner text, p_lease interval, p_together int
) returns mailbox language plpgsql as $$
declare
    following mailbox.message;
    kept boolean;
begin
    select * into following from mailbox.message g
    where g.tenant = box.tenant and g.mailbox = box.id and g.seq > p_seq and g.outcome is null
    order by g.seq limit 1;
    kept := p_owner is not null and box.mode = 'open' and following.seq is not null
        and coalesce(following.not_before <= clock_timestamp(), true);
    update mailbox.mailbox m set
        head = coalesce(following.seq, m.tail + 1),
        held_to = coalesce(following.seq, m.tail + 1) + case when kept then p_together - 1 else 0 end,
        pending = m.pending - p_count,
        epoch = m.epoch + 1,
        owner = case when kept then p_owner end,
        attempts = kept::int,
        lane = case when m.lane_until >= following.seq then m.lane else coalesce(following.lane, m.lane) end,
        ready_at = case
            when kept then clock_timestamp() + p_lease
            when following.seq is null then 'infinity'
            else coalesce(following.not_before, clock_timestamp()) end
    where m.tenant = box.tenant and m.id = box.id
    returning * into box;
    return box;
end $$;

-- Ends p_count messages, the head up to p_last, in the handler's transaction. No row: the lease was lost, roll
-- back. With p_owner, the next messages, up to p_together, come back claimed; otherwise seq is null.
create function done(
    p_tenant text, p_mailbox text, p_epoch bigint, p_head bigint, p_last bigint, p_count int,
    p_owner text, p_lease interval, p_together int
) returns table (
    epoch bigint, lane int, seq bigint, key text, body jsonb,
    correlation_id text, causation_id text, traceparent text, sent_at timestamptz
) language plpgsql as $$
declare
    box mailbox.mailbox;
begin
    select * into box from mailbox.mailbox m
    where m.tenant = p_tenant and m.id = p_mailbox and m.epoch = p_epoch and m.head = p_head for update;
    if not found then return; end if;
    box := mailbox.advance(box, p_last, p_count, p_owner, p_lease, p_together);
    if box.owner is null then
        epoch := box.epoch;
        return next;
        return;
    end if;
    return query
        select box.epoch, box.lane::int, g.seq, g.key, g.body,
            g.correlation_id, g.causation_id, g.traceparent, g.sent_at
        from mailbox.held(box) g;
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
    perform mailbox.advance(box, p_seq, 1, null, null, 1);
    return 'dead';
end $$;

-- Takes a message back: waiting, stopped (a worker held it and loses the lease), over, or null.
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
        perform mailbox.advance(box, p_seq, 1, null, null, 1);
    else
        update mailbox.mailbox m set pending = m.pending - 1 where m.tenant = p_tenant and m.id = p_mailbox;
        if box.owner is not null and p_seq <= box.held_to then
            perform mailbox.release(p_tenant, p_mailbox, box.epoch, box.head);
        end if;
    end if;
    return case when box.owner is not null and p_seq <= box.held_to then 'stopped' else 'waiting' end;
end $$;

-- Keeps a mailbox's messages unhandled until it is resumed; with p_stop the one in hand too. False: it is retired.
create function pause(p_tenant text, p_mailbox text, p_reason text, p_stop boolean) returns boolean
language plpgsql as $$
declare
    box mailbox.mailbox;
begin
    insert into mailbox.mailbox (tenant, id) values (p_tenant, p_mailbox) on conflict do nothing;
    update mailbox.mailbox m set mode = 'paused', mode_reason = p_reason
    where m.tenant = p_tenant and m.id = p_mailbox and m.mode <> 'retired' returning * into box;
    if found and p_stop and box.owner is not null then
        perform mailbox.release(p_tenant, p_mailbox, box.epoch, box.head);
    end if;
    return box.id is not null;
end $$;

-- Opens a paused mailbox. False: it is retired. Null: there is none.
create function resume(p_tenant text, p_mailbox text) returns boolean language sql as $$
    with opened as (
        update mailbox.mailbox m set mode = 'open', mode_reason = null
        where m.tenant = p_tenant and m.id = p_mailbox and m.mode <> 'retired' returning true
    )
    select exists (select from opened) from mailbox.mailbox m where m.tenant = p_tenant and m.id = p_mailbox
$$;

-- Closes a mailbox for good: what waits, and what a worker has in hand, is cancelled. Returns how many.
create function retire(p_tenant text, p_mailbox text, p_reason text) returns int language plpgsql as $$
declare
    box mailbox.mailbox;
    ended int;
begin
    insert into mailbox.mailbox (tenant, id) values (p_tenant, p_mailbox) on conflict do nothing;
    select * into box from mailbox.mailbox m where m.tenant = p_tenant and m.id = p_mailbox for update;
    update mailbox.message g set outcome = 'cancelled'
    where g.tenant = p_tenant and g.mailbox = p_mailbox and g.seq >= box.head and g.outcome is null;
    get diagnostics ended = row_count;
    update mailbox.mailbox m set
        mode = 'retired', mode_reason = p_reason, head = m.tail + 1, pending = 0, epoch = m.epoch + 1,
        owner = null, attempts = 0, ready_at = 'infinity'
    where m.tenant = p_tenant and m.id = p_mailbox;
    return ended;
end $$;

revoke execute on all functions in schema mailbox from public;
grant execute on all functions in schema mailbox to hiremesh_unit;
