-- name: lock_feed
insert into feed (tenant, seq) values (%(tenant)s, 0)
on conflict (tenant) do update set seq = feed.seq
returning seq

-- name: advance_feed
update feed set seq = seq + %(count)s where tenant = %(tenant)s returning seq

-- name: unchanged
select content_hash, candidate_id from source
where kind = %(kind)s and name = %(name)s and content_hash = any(%(hashes)s)

-- name: holders
select key, candidate_id from identifier where key = any(%(keys)s)

-- name: suppressed
select key_hash from suppressed where key_hash = any(%(hashes)s)

-- name: namesakes
select id, name_key, digest from candidate where name_key = any(%(names)s) and not deleted

-- name: candidates
select id, revision, seq, profile::text, flags, created_at, updated_at, deleted, merged_into
from candidate where id = any(%(ids)s)

-- name: candidates_locked
select id, revision, seq, profile::text, flags, created_at, updated_at, deleted, merged_into
from candidate where id = any(%(ids)s) order by id for update

-- name: sources
select id, candidate_id, kind, name, ref, content_hash, text, profile::text, flags, first_seen, superseded_at
from source where candidate_id = any(%(ids)s) order by first_seen, id

-- name: live_texts
select id, candidate_id, kind, name, text, first_seen
from source where candidate_id = any(%(ids)s) and superseded_at is null order by first_seen, id

-- name: add_candidates
-- A batch travels as one JSON document: psycopg escapes arrays of text in Python, character by character.
insert into candidate (tenant, id, revision, seq, profile, flags, name_key, digest, created_at, updated_at)
select %(tenant)s, id, revision, seq, profile::jsonb, string_to_array(flags, ','), name_key, digest,
    created_at, updated_at
from jsonb_to_recordset(%(rows)s::jsonb)
    as row (id text, revision integer, seq bigint, profile text, flags text, name_key text, digest jsonb,
        created_at timestamptz, updated_at timestamptz)

-- name: save_candidates
update candidate set revision = row.revision, seq = row.seq, profile = row.profile::jsonb,
    flags = string_to_array(row.flags, ','), name_key = row.name_key, digest = row.digest,
    updated_at = row.updated_at
from jsonb_to_recordset(%(rows)s::jsonb)
    as row (id text, revision integer, seq bigint, profile text, flags text, name_key text, digest jsonb,
        updated_at timestamptz)
where candidate.id = row.id

-- name: add_sources
insert into source (tenant, id, candidate_id, kind, name, ref, content_hash, text, profile, flags, first_seen)
select %(tenant)s, id, candidate_id, kind, name, ref, content_hash, text, profile::jsonb,
    string_to_array(flags, ','), first_seen
from jsonb_to_recordset(%(rows)s::jsonb)
    as row (id text, candidate_id text, kind text, name text, ref text, content_hash text, text text,
        profile text, flags text, first_seen timestamptz)

-- name: supersede_sources
update source set superseded_at = %(at)s where id = any(%(ids)s)

-- name: move_sources
update source set candidate_id = %(kept)s where candidate_id = %(gone)s

-- name: add_identifiers
insert into identifier (tenant, key, candidate_id)
select %(tenant)s, key, candidate_id
from unnest(%(keys)s::text[], %(ids)s::text[]) as row (key, candidate_id)
on conflict do nothing

-- name: identifiers_of
select key from identifier where candidate_id = %(candidate_id)s

-- name: move_identifiers
with gone as (delete from identifier where candidate_id = %(gone)s returning tenant, key)
insert into identifier (tenant, key, candidate_id) select tenant, key, %(kept)s from gone
on conflict do nothing

-- name: add_questions
insert into duplicate_question (tenant, id, first_id, second_id, grounds, similarity, asked_at)
values (%(tenant)s, %(id)s, %(first)s, %(second)s, %(grounds)s, %(similarity)s, %(at)s)
on conflict do nothing

-- name: set_contact_rule
insert into contact_rule (candidate_id, tenant, do_not_contact, reason, set_by, at)
values (%(candidate_id)s, %(tenant)s, %(do_not_contact)s, %(reason)s, %(set_by)s, %(at)s)
on conflict (candidate_id) do update set do_not_contact = excluded.do_not_contact,
    reason = excluded.reason, set_by = excluded.set_by, at = excluded.at

-- name: contact_rule
select candidate_id, do_not_contact, reason, set_by, at from contact_rule where candidate_id = %(candidate_id)s

-- name: suppress
insert into suppressed (tenant, key_hash) select %(tenant)s, unnest(%(hashes)s::text[]) on conflict do nothing

-- name: listing
select id as candidate_id, profile #>> '{basics,name}' as name, profile #>> '{basics,label}' as label,
    profile #>> '{basics,location,city}' as place, flags, updated_at
from candidate
where not deleted and (%(before)s::text is null or id < %(before)s)
    and (%(flag)s::text is null or %(flag)s = any(flags))
    and (%(name)s::text is null or profile #>> '{basics,name}' ilike %(name)s)
order by id desc limit %(limit)s

-- name: changes
select id, revision, seq, profile::text, flags, created_at, updated_at, deleted, merged_into
from candidate where seq > %(after)s order by seq limit %(limit)s

-- name: add_note
insert into note (id, tenant, candidate_id, text, author, at)
values (%(note_id)s, %(tenant)s, %(candidate_id)s, %(text)s, %(author)s, %(at)s)

-- name: notes
select id as note_id, candidate_id, text, author, at from note where candidate_id = %(candidate_id)s
order by id desc limit %(limit)s

-- name: add_engagement
insert into engagement (id, tenant, candidate_id, kind, channel, detail, project_id, at, recorded_by)
values (%(engagement_id)s, %(tenant)s, %(candidate_id)s, %(kind)s, %(channel)s, %(detail)s, %(project_id)s,
    %(at)s, %(recorded_by)s)

-- name: engagement
select id as engagement_id, candidate_id, kind, channel, detail, project_id, at, recorded_by
from engagement where candidate_id = %(candidate_id)s order by at desc, id desc limit %(limit)s

-- name: open_questions
select q.id as question_id, array[q.first_id, q.second_id] as candidate_ids,
    array[one.profile #>> '{basics,name}', other.profile #>> '{basics,name}'] as names,
    q.grounds, q.similarity, q.asked_at
from duplicate_question q join candidate one on one.id = q.first_id join candidate other on other.id = q.second_id
where q.resolution is null and (%(candidate_id)s::text is null or %(candidate_id)s in (q.first_id, q.second_id))
order by q.similarity desc, q.id limit %(limit)s

-- name: question_locked
select id, first_id, second_id, resolution from duplicate_question where id = %(question_id)s for update

-- name: resolve_question
update duplicate_question set resolution = %(resolution)s, resolved_by = %(by)s, resolved_at = %(at)s
where id = %(question_id)s

-- name: move_questions
update duplicate_question q set
    first_id = case when first_id = %(gone)s then %(kept)s else first_id end,
    second_id = case when second_id = %(gone)s then %(kept)s else second_id end
where %(gone)s in (first_id, second_id) and resolution is null and id <> %(question_id)s
    and %(kept)s not in (first_id, second_id)
    and not exists (select from duplicate_question o where o.id <> q.id
        and o.first_id = case when q.first_id = %(gone)s then %(kept)s else q.first_id end
        and o.second_id = case when q.second_id = %(gone)s then %(kept)s else q.second_id end)

-- name: close_questions
update duplicate_question set resolution = 'keep_apart', resolved_by = %(by)s, resolved_at = %(at)s
where resolution is null and %(candidate_id)s in (first_id, second_id)

-- name: move_notes
update note set candidate_id = %(kept)s where candidate_id = %(gone)s

-- name: move_engagement
update engagement set candidate_id = %(kept)s where candidate_id = %(gone)s

-- name: retire
update candidate set deleted = true, merged_into = %(merged_into)s, seq = %(seq)s, profile = '{}', digest = '{}',
    flags = '{}', name_key = '', revision = revision + 1, updated_at = %(at)s
where id = %(candidate_id)s

-- name: erase_sources
delete from source where candidate_id = %(candidate_id)s

-- name: erase_identifiers
delete from identifier where candidate_id = %(candidate_id)s

-- name: erase_notes
delete from note where candidate_id = %(candidate_id)s

-- name: erase_engagement
delete from engagement where candidate_id = %(candidate_id)s

-- name: erase_contact_rule
delete from contact_rule where candidate_id = %(candidate_id)s

-- name: erase_questions
delete from duplicate_question where %(candidate_id)s in (first_id, second_id)

-- name: add_refusals
insert into refusal (tenant, id, name, reason, fix, at)
select %(tenant)s, id, name, reason, fix, %(at)s
from unnest(%(ids)s::text[], %(names)s::text[], %(reasons)s::text[], %(fixes)s::text[])
    as row (id, name, reason, fix)

-- name: refusals
select id as refusal_id, name, reason, fix, at from refusal
where (%(before)s::text is null or id < %(before)s) order by id desc limit %(limit)s
