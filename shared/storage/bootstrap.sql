-- What every deployment's database has before any unit's migration; run by the administrator, repeatable.

create extension if not exists vector with schema public;

do $$
begin
    if not exists (select from pg_roles where rolname = 'hiremesh_owner') then
        create role hiremesh_owner nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'hiremesh_unit') then
        create role hiremesh_unit nologin;
    end if;
    -- Whoever makes a role is its member, but from version 16 on not one that may become it.
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant hiremesh_owner to %I', current_user);
    end if;
    execute format('grant create on database %I to hiremesh_owner', current_database());
end $$;

revoke create on schema public from public;
create schema if not exists hiremesh authorization hiremesh_owner;
grant usage on schema public, hiremesh to hiremesh_unit;

set local role hiremesh_owner;

create table if not exists hiremesh.migration (
    schema      text        not null,
    version     int         not null,
    name        text        not null,
    checksum    text        not null,
    applied_at  timestamptz not null default now(),
    primary key (schema, version)
);

-- Keeps tenants apart in a table, from its owner too: a row exists only for the tenant of the
-- transaction, and for nobody where none is set (nullif: a setting that was local reads as '' later).
create or replace function hiremesh.enforce_tenant(target regclass) returns void
language plpgsql as $$
begin
    if not exists (
        select from pg_attribute
        where attrelid = target and attname = 'tenant' and attnotnull and atttypid = 'text'::regtype
    ) then
        raise exception '% needs a column "tenant text not null"', target;
    end if;
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy tenant on %s using (tenant = nullif(current_setting(''app.tenant'', true), ''''))',
        target
    );
end $$;

reset role;
