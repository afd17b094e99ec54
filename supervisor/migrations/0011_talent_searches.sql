-- The search that a conversation is about: what it looks for, how far it was shown, and the saved one it became.
create table talent_search (
    tenant      text         not null,
    agent       text         not null,
    thread      text         not null,
    document    jsonb        not null,
    on_table    boolean      not null default true,   -- whether it is what was last talked about
    saved       text,                                 -- the id of the saved search
    updated_at  timestamptz  not null default now(),
    primary key (tenant, agent, thread),
    foreign key (tenant, agent) references agent (tenant, id)
);
select hiremesh.enforce_tenant('talent_search');
