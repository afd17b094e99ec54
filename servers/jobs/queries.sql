-- name: posting
select id as posting_id, title, text, employer, location, employment_type, salary, url, valid_through, origin,
    source, ref, status, flags, created_by, created_at
from posting where id = %(posting_id)s

-- name: posting_locked
select id as posting_id, title, text, employer, location, employment_type, salary, url, valid_through, origin,
    source, ref, status, flags, created_by, created_at
from posting where id = %(posting_id)s for update

-- name: posting_with
select id as posting_id, title, text, employer, location, employment_type, salary, url, valid_through, origin,
    source, ref, status, flags, created_by, created_at
from posting where content_hash = %(content_hash)s order by id limit 1

-- name: posting_called
select id as posting_id, title, text, employer, location, employment_type, salary, url, valid_through, origin,
    source, ref, status, flags, created_by, created_at, content_hash
from posting where origin = %(origin)s and source = %(source)s and ref = %(ref)s for update

-- name: save_posting
insert into posting (id, tenant, title, text, employer, location, employment_type, salary, url, valid_through,
    origin, source, ref, status, flags, content_hash, created_by, created_at)
values (%(posting_id)s, %(tenant)s, %(title)s, %(text)s, %(employer)s, %(location)s, %(employment_type)s,
    %(salary)s, %(url)s, %(valid_through)s, %(origin)s, %(source)s, %(ref)s, %(status)s, %(flags)s,
    %(content_hash)s, %(created_by)s, %(created_at)s)
on conflict (id) do update set title = excluded.title, text = excluded.text, employer = excluded.employer,
    location = excluded.location, employment_type = excluded.employment_type, salary = excluded.salary,
    url = excluded.url, valid_through = excluded.valid_through, status = excluded.status,
    flags = excluded.flags, content_hash = excluded.content_hash

-- name: postings
select p.id as posting_id, p.title, p.employer, p.location, p.status, p.created_at,
    (select count(*) from applicant a where a.posting_id = p.id) as applicants
from posting p
where (%(before)s::text is null or p.id < %(before)s)
    and (%(status)s::text is null or p.status = %(status)s)
    and (%(words)s::text is null or p.words @@ websearch_to_tsquery('english', %(words)s))
order by p.id desc limit %(limit)s

-- name: posting_changes
-- As the JSON that the follower reads.
select seq, (select f.seq from posting_feed f) as last, json_build_object('seq', seq, 'posting_id', id, 'title', title, 'text', text, 'employer', employer,
    'location', location, 'employment_type', employment_type, 'salary', salary, 'valid_through', valid_through,
    'status', status, 'created_at', created_at)::text as change
from posting where seq > %(after)s order by seq limit %(limit)s

-- name: add_applicant
insert into applicant (tenant, posting_id, candidate_id, source, message, applied_at)
values (%(tenant)s, %(posting_id)s, %(candidate_id)s, %(source)s, %(message)s, %(applied_at)s)
on conflict (posting_id, candidate_id) do update set posting_id = applicant.posting_id
returning posting_id, candidate_id, source, message, applied_at, xmax = 0 as new

-- name: applicants
select posting_id, candidate_id, source, message, applied_at from applicant
where posting_id = %(posting_id)s and (%(after)s::text is null or candidate_id > %(after)s)
order by candidate_id limit %(limit)s

-- name: save_faq
insert into faq (id, tenant, posting_id, question, answer, updated_at)
values (%(faq_id)s, %(tenant)s, %(posting_id)s, %(question)s, %(answer)s, %(updated_at)s)
on conflict (tenant, coalesce(posting_id, ''), lower(question))
    do update set answer = excluded.answer, updated_at = excluded.updated_at
returning id as faq_id, question, answer, posting_id, updated_at

-- name: faqs_like
-- The score is the share of the question's word stems that an entry holds, its own question counting most.
with asked as (
    select tsvector_to_array(to_tsvector('english', %(question)s)) as stems
), scored as (
    select f.id as faq_id, f.question, f.answer, f.posting_id, f.updated_at,
        (select count(*) from unnest(asked.stems) s
            where s = any (tsvector_to_array(ts_filter(f.words, '{a}'))))::float as in_question,
        (select count(*) from unnest(asked.stems) s
            where s = any (tsvector_to_array(f.words)))::float as anywhere,
        greatest(cardinality(asked.stems), 1) as asked_for
    from faq f, asked
    where f.posting_id is null or f.posting_id = %(posting_id)s
)
select faq_id, question, answer, posting_id, updated_at,
    (0.7 * in_question + 0.3 * anywhere) / asked_for as score
from scored where anywhere > 0
order by score desc, posting_id nulls last, faq_id limit %(limit)s

-- name: lock_words
insert into word_feed (tenant, seq) values (%(tenant)s, 0)
on conflict (tenant) do update set seq = word_feed.seq
returning seq

-- name: save_words
with incoming as (
    select kind, id, entry, row_number() over () as place
    from jsonb_to_recordset(%(rows)s::jsonb) as row (kind text, id text, entry jsonb)
), saved as (
    insert into word (tenant, kind, id, entry, seq)
    select %(tenant)s, kind, id, entry, %(after)s + place from incoming
    on conflict (tenant, kind, id) do update set entry = excluded.entry, seq = excluded.seq
    where word.entry <> excluded.entry
    returning kind, id, entry, seq
)
-- What was there is read as it was before the statement.
select saved.seq, saved.entry, word.entry as former from saved left join word using (kind, id)

-- name: advance_words
update word_feed set seq = %(seq)s where tenant = %(tenant)s

-- name: words
select kind, entry, seq from word where seq > %(after)s order by seq limit %(limit)s
