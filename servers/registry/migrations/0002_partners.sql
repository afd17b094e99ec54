-- Units that tenants register belong to them. How they are called is kept by the name of a secret only.

alter table unit
    add column tenant           text    not null default '-',
    add column access           jsonb,
    add column data             jsonb   not null default '[]',
    add column planning         jsonb   not null default '{}',
    add column endpoint         text    not null default '',
    add column protocol_version text    not null default '',
    add column streaming        boolean not null default false,
    drop constraint unit_pkey,
    add primary key (tenant, name);

alter table pin
    add column tenant text not null default '-',
    drop constraint pin_pkey,
    add primary key (tenant, name, pinned_at);

-- Registered before anybody said whose they are: nobody could call them, and nobody may now.
delete from pin using unit where unit.name = pin.name and unit.origin = 'registered';
delete from unit where origin = 'registered';

select hiremesh.enforce_tenant('unit');
select hiremesh.enforce_tenant('pin');

-- The registry probes the units of all tenants: it takes them up through these, and writes as the tenant.
create policy followed on unit to hiremesh_owner using (true);
create policy followed on pin to hiremesh_owner using (true);

create function known_units() returns setof registry.unit
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select * from registry.unit
$$;

create function accepted_cards() returns table (tenant text, name text, card jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select distinct on (p.tenant, p.name) p.tenant, p.name, p.card
    from registry.pin p order by p.tenant, p.name, p.pinned_at desc
$$;
