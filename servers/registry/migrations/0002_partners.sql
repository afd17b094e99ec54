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
