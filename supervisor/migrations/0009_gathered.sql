-- What happened while an agent had no room for another message: one row for each candidate and each thing that
-- happened to them, however often it did.
create table gathered (
    tenant     text        not null,
    agent      text        not null,
    gist       text        not null,   -- what happened, where, with what outcome and by whom
    candidate  text        not null,   -- empty where it is about nobody
    happened   jsonb       not null,   -- the first that added the row
    at         timestamptz not null default clock_timestamp(),
    primary key (tenant, agent, gist, candidate),
    foreign key (tenant, agent) references agent (tenant, id)
);
create index gathered_oldest on gathered (tenant, agent, at);
select hiremesh.enforce_tenant('gathered');

-- What was told long ago is dropped when more happens.
create index happening_told on happening (tenant, agent, told_at) where told_at is not null;
