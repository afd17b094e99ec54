-- Every decision at every door: one chain for each tenant, in which each row's hash covers the one before.

create table head (
    tenant  text    primary key,
    seq     bigint  not null,
    hash    text    not null
);

create table entry (
    tenant    text    not null,
    seq       bigint  not null,
    record    jsonb   not null,
    previous  text    not null,
    hash      text    not null,
    primary key (tenant, seq)
);

-- Rows are only ever added, by the function below; who reads sees one tenant's.
alter table entry enable row level security;
alter table entry force row level security;
create policy adding on entry for insert to hiremesh_owner with check (true);
create policy reading on entry for select
    using (tenant = nullif(current_setting('app.tenant', true), ''));

create function refuse_change() returns trigger
language plpgsql as $$
begin
    raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';
end $$;

create trigger entry_is_final before update or delete or truncate on entry
    for each statement execute function refuse_change();
create trigger head_stays before delete or truncate on head
    for each statement execute function refuse_change();

-- Adds entries in the order given. A unit can only write in its own name; the head row's lock puts
-- concurrent writers of one tenant in a row, and tenants are taken in order so that no two wait in a ring.
create function append(entries jsonb) returns void
language plpgsql security definer set search_path = audit, pg_temp as $$
declare
    owner   text;
    item    jsonb;
    place   head;
    said    jsonb;
    sealed  text;
begin
    for owner in select distinct e ->> 'tenant' from jsonb_array_elements(entries) as e order by 1 loop
        insert into head values (owner, 0, repeat('0', 64)) on conflict do nothing;
        select * into strict place from head where tenant = owner for update;
        for item in
            select e from jsonb_array_elements(entries) with ordinality as given (e, n)
            where e ->> 'tenant' = owner order by n
        loop
            if session_user like 'hiremesh\_%' and session_user <> 'hiremesh_' || (item ->> 'unit') then
                raise exception 'a unit writes its own audit entries only' using errcode = 'insufficient_privilege';
            end if;
            said := item || jsonb_build_object(
                'seq', place.seq + 1,
                'at', to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'writer', session_user
            );
            sealed := encode(sha256(convert_to(place.hash || E'\n' || said::text, 'UTF8')), 'hex');
            insert into entry values (owner, place.seq + 1, said, place.hash, sealed);
            place.seq := place.seq + 1;
            place.hash := sealed;
        end loop;
        update head set seq = place.seq, hash = place.hash where tenant = owner;
    end loop;
end $$;

revoke all on function append(jsonb) from public;
grant execute on function append(jsonb) to hiremesh_unit;
