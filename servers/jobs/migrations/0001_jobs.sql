create table posting (
    id text primary key,
    tenant text not null,
    title text not null,
    text text not null,
    employer text,
    location text,
    employment_type text,
    salary text,
    url text,
    valid_through text,
    origin text not null,
    source text not null,
    ref text not null,
    status text not null,
    flags text[] not null default '{}',
    content_hash text not null,
    created_by text not null,
    created_at timestamptz not null,
    words tsvector generated always as (to_tsvector('english', title)) stored
);
create index posting_content on posting (tenant, content_hash);
create unique index posting_ref on posting (tenant, origin, source, ref) where ref <> '';
create index posting_listing on posting (tenant, id);
select hiremesh.enforce_tenant('posting');

create table applicant (
    tenant text not null,
    posting_id text not null references posting (id),
    candidate_id text not null,
    source text not null default '',
    message text not null default '',
    applied_at timestamptz not null,
    primary key (posting_id, candidate_id)
);
select hiremesh.enforce_tenant('applicant');

create table faq (
    id text primary key,
    tenant text not null,
    posting_id text references posting (id),
    question text not null,
    answer text not null,
    updated_at timestamptz not null,
    words tsvector generated always as (
        setweight(to_tsvector('english', question), 'A') || setweight(to_tsvector('english', answer), 'D')
    ) stored
);
create unique index faq_question on faq (tenant, coalesce(posting_id, ''), lower(question));
create index faq_words on faq using gin (words);
select hiremesh.enforce_tenant('faq');

-- Words that widen the packaged taxonomy. The sequence row makes the numbers of one tenant visible in order.
create table word_feed (
    tenant text primary key,
    seq bigint not null default 0
);
select hiremesh.enforce_tenant('word_feed');

create table word (
    tenant text not null,
    kind text not null,
    id text not null,
    entry jsonb not null,
    seq bigint not null,
    primary key (tenant, kind, id)
);
create index word_order on word (tenant, seq);
select hiremesh.enforce_tenant('word');
