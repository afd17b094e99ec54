-- Numbers the last change of each posting, so that others can follow them. A trigger does it, so that a worker of
-- any release does; at the end of the transaction, so that whoever holds the sequence row waits for nothing more.
create table posting_feed (
    tenant text primary key,
    seq bigint not null default 0
);
alter table posting add column seq bigint;

alter table posting no force row level security;
update posting set seq = numbered.seq
from (select id, row_number() over (partition by tenant order by id) as seq from posting) as numbered
where numbered.id = posting.id;
insert into posting_feed (tenant, seq) select tenant, max(seq) from posting group by tenant;
alter table posting force row level security;

select hiremesh.enforce_tenant('posting_feed');
create index posting_order on posting (tenant, seq);

create function number_posting() returns trigger language plpgsql as $$
declare
    next bigint;
begin
    insert into posting_feed (tenant, seq) values (new.tenant, 1)
    on conflict (tenant) do update set seq = posting_feed.seq + 1
    returning posting_feed.seq into next;
    update posting set seq = next where id = new.id;
    return null;
end $$;

create constraint trigger numbered
after insert or update of title, text, employer, location, employment_type, salary, valid_through, status on posting
deferrable initially deferred for each row execute function number_posting();
