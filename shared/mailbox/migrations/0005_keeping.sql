-- What is kept of messages: a note that says whether it was there, and the end of what only machines said.

-- Appends to the history what nobody has to handle, such as a reply; duplicate where its key was there already.
create function note_once(
    p_tenant text, p_mailbox text, p_body jsonb, p_key text,
    p_correlation text, p_causation text, p_traceparent text,
    out seq bigint, out duplicate boolean
) language plpgsql as $$
begin
    insert into mailbox.mailbox (tenant, id) values (p_tenant, p_mailbox) on conflict do nothing;
    perform from mailbox.mailbox m where m.tenant = p_tenant and m.id = p_mailbox for update;
    select m.seq into note_once.seq from mailbox.message m
    where m.tenant = p_tenant and m.mailbox = p_mailbox and m.key = p_key;
    duplicate := found;
    if duplicate then return; end if;
    update mailbox.mailbox m set tail = m.tail + 1, head = case m.pending when 0 then m.tail + 2 else m.head end
    where m.tenant = p_tenant and m.id = p_mailbox returning m.tail into note_once.seq;
    insert into mailbox.message (tenant, mailbox, seq, key, lane, body, correlation_id, causation_id, traceparent, outcome)
    values (p_tenant, p_mailbox, note_once.seq, p_key, 1, p_body, p_correlation, p_causation, p_traceparent, 'noted');
end $$;

create or replace function note(
    p_tenant text, p_mailbox text, p_body jsonb, p_key text,
    p_correlation text, p_causation text, p_traceparent text
) returns bigint language sql as $$
    select n.seq
    from mailbox.note_once(p_tenant, p_mailbox, p_body, p_key, p_correlation, p_causation, p_traceparent) n
$$;

-- Deletes what was sent to mailboxes of a kind longer ago than p_kept and needs no handling any more, dead letters
-- excepted: at most p_most messages, of at most p_boxes mailboxes after the given one, in the order of their names.
-- Returns how many, and after which mailbox to go on; null when there are no more.
create function prune(
    p_kind text, p_kept interval, p_boxes int, p_most int, p_tenant text, p_mailbox text,
    out pruned int, out tenant text, out mailbox text
) language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    boxes mailbox.mailbox[];
    until timestamptz := clock_timestamp() - p_kept;
begin
    -- A unit's role serves its own mailboxes: their kind begins with its name.
    if session_user like 'hiremesh\_%' and split_part(p_kind, '.', 1) <> substr(session_user, 10) then
        raise insufficient_privilege using message = format('%s may not prune %s', session_user, p_kind);
    end if;
    select array_agg(b.box) into boxes from (
        select m as box from mailbox.mailbox m
        where m.kind = p_kind and (m.tenant, m.id) > (p_tenant, p_mailbox)
        order by m.tenant, m.id limit p_boxes
    ) b;
    with over as (
        select b.tenant, b.id, g.seq
        from unnest(boxes) b cross join lateral (
            select m.seq from mailbox.message m
            where m.tenant = b.tenant and m.mailbox = b.id and m.sent_at < until
                and (m.seq < b.head and m.outcome is null or m.outcome in ('noted', 'cancelled'))
            order by m.seq limit p_most
        ) g
        limit p_most
    )
    delete from mailbox.message m using over o where m.tenant = o.tenant and m.mailbox = o.id and m.seq = o.seq;
    get diagnostics pruned = row_count;
    if pruned = p_most then
        tenant := p_tenant;   -- there may be more in these
        mailbox := p_mailbox;
    elsif cardinality(boxes) = p_boxes then
        tenant := boxes[p_boxes].tenant;
        mailbox := boxes[p_boxes].id;
    end if;
end $$;

revoke execute on function note_once, note, prune from public;
grant execute on function note_once, note, prune to hiremesh_unit;
