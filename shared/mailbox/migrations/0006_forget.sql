-- Removes a mailbox that nobody will write to again with all it held, what waits and dead letters too; returns how
-- many messages that were. A worker that has one in hand loses its lease. Only the unit it belongs to may, within its tenant.
create function forget(p_tenant text, p_mailbox text) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    removed bigint;
begin
    if current_setting('app.tenant', true) is distinct from p_tenant
        or session_user like 'hiremesh\_%' and split_part(p_mailbox, '.', 1) <> substr(session_user, 10)
    then
        raise insufficient_privilege using message = format('%s may not forget %s', session_user, p_mailbox);
    end if;
    perform from mailbox.mailbox m where m.tenant = p_tenant and m.id = p_mailbox for update;
    delete from mailbox.dead_letter d where d.tenant = p_tenant and d.mailbox = p_mailbox;
    delete from mailbox.message g where g.tenant = p_tenant and g.mailbox = p_mailbox;
    get diagnostics removed = row_count;
    delete from mailbox.mailbox m where m.tenant = p_tenant and m.id = p_mailbox;
    return removed;
end $$;

revoke execute on function forget from public;
grant execute on function forget to hiremesh_unit;
