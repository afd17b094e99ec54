-- The question about the market that a conversation asked last, until something else is talked about.
create table market_question (
    tenant      text         not null,
    agent       text         not null,
    thread      text         not null,
    document    jsonb        not null,
    primary key (tenant, agent, thread),
    foreign key (tenant, agent) references agent (tenant, id)
);
select hiremesh.enforce_tenant('market_question');
