-- name: lock_feed
insert into feed (tenant, seq) values (%(tenant)s, 0)
on conflict (tenant) do update set seq = feed.seq
returning seq

-- name: advance_feed
update feed set seq = seq + %(count)s where tenant = %(tenant)s returning seq

-- name: unchanged
select content_hash, candidate_id from source
where kind = %(kind)s and name = %(name)s and content_hash = any(%(hashes)b::text[])

-- name: holders
select key, candidate_id from identifier where key = any(%(keys)b::text[])

-- name: suppressed
select key_hash from suppressed where key_hash = any(%(hashes)b::text[])

-- name: namesakes
select id, name_key, digest from candidate where name_key = any(%(names)b::text[]) and not deleted

-- name: candidates
select id, revision, seq, profile::text, flags, created_at, updated_at, deleted, merged_into
from candidate where id = any(%(ids)s)

-- name: candidates_locked
select id, revision, seq, profile::text, flags, created_at, updated_at, deleted, merged_into
from candidate where id = any(%(ids)s) order by id for update

-- name: remaining
with recursive gone (id, remains) as (
    select id, merged_into from candidate where id = any(%(ids)s) and merged_into is not null
    union
    select gone.id, next.merged_into from gone join candidate next on next.id = gone.remains
    where next.merged_into is not null
)
select gone.id, gone.remains from gone join candidate last on last.id = gone.remains where not last.deleted

-- name: sources
select id, candidate_id, kind, name, ref, content_hash, text, profile::text, flags, first_seen, superseded_at
from source where candidate_id = any(%(ids)s) order by first_seen, id

-- name: live_texts
select id, candidate_id, kind, name, text, first_seen
from source where candidate_id = any(%(ids)s) and superseded_at is null order by first_seen, id

-- name: add_candidates
-- A batch travels as one binary array a column: psycopg escapes arrays of text in Python, character by
-- character, and JSON within JSON would be escaped twice.
insert into candidate (tenant, id, revision, seq, profile, flags, name_key, digest, created_at, updated_at)
select %(tenant)s, id, revision, seq, profile::jsonb, string_to_array(flags, ','), name_key, digest::jsonb,
    created_at, updated_at
from unnest(%(id)b::text[], %(revision)b::integer[], %(seq)b::bigint[], %(profile)b::text[], %(flags)b::text[],
    %(name_key)b::text[], %(digest)b::text[], %(created_at)b::timestamptz[], %(updated_at)b::timestamptz[])
    as row (id, revision, seq, profile, flags, name_key, digest, created_at, updated_at)

-- name: save_candidates
update candidate set revision = row.revision, seq = row.seq, profile = row.profile::jsonb,
    flags = string_to_array(row.flags, ','), name_key = row.name_key, digest = row.digest::jsonb,
    updated_at = row.updated_at
from unnest(%(id)b::text[], %(revision)b::integer[], %(seq)b::bigint[], %(profile)b::text[], %(flags)b::text[],
    %(name_key)b::text[], %(digest)b::text[], %(updated_at)b::timestamptz[])
    as row (id, revision, seq, profile, flags, name_key, digest, updated_at)
where candidate.id = row.id

-- name: add_sources
insert into source (tenant, id, candidate_id, kind, name, ref, content_hash, text, profile, flags, first_seen)
select %(tenant)s, id, candidate_id, kind, name, ref, content_hash, text, profile::jsonb,
    string_to_array(flags, ','), first_seen
from unnest(%(id)b::text[], %(candidate_id)b::text[], %(kind)b::text[], %(name)b::text[], %(ref)b::text[],
    %(content_hash)b::text[], %(text)b::text[], %(profile)b::text[], %(flags)b::text[],
    %(first_seen)b::timestamptz[])
    as row (id, candidate_id, kind, name, ref, content_hash, text, profile, flags, first_seen)

-- name: supersede_sources
update source set superseded_at = %(at)s where id = any(%(ids)s)

-- name: move_sources
update source set candidate_id = %(kept)s where candidate_id = %(gone)s

-- name: add_identifiers
insert into identifier (tenant, key, candidate_id)
select %(tenant)s, key, candidate_id
from unnest(%(keys)b::text[], %(ids)b::text[]) as row (key, candidate_id)
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
-- As the JSON that the follower reads: nothing is read and written again on the way. Only a résumé says
-- more than the profile does; every other text is written from it.
select seq, (select f.seq from feed f) as last, json_build_object('seq', seq, 'candidate_id', id, 'deleted', deleted,
    'standing', case when deleted then json_build_object() else json_build_object('changed_at', updated_at,
        'sources', (
            select coalesce(json_agg(distinct s.kind), '[]') from source s
            where s.candidate_id = candidate.id and s.superseded_at is null),
        'engagement', (
            select coalesce(json_agg(json_build_object('kind', e.kind, 'at', e.at, 'project_id', e.project_id)
                order by e.at, e.id), '[]')
            from engagement e where e.candidate_id = candidate.id)) end,
    'dossier', case when not deleted then json_build_object('candidateId', id, 'revision', revision,
        'profile', profile, 'flags', flags, 'sources', (
            select coalesce(json_agg(json_build_object('id', s.id, 'kind', s.kind, 'name', s.name,
                'text', s.text, 'firstSeen', s.first_seen) order by s.first_seen, s.id), '[]')
            from source s
            where s.candidate_id = candidate.id and s.superseded_at is null and s.kind = 'resume')
    ) end)::text as change
from candidate where seq > %(after)s order by seq limit %(limit)s

-- name: changed_ids
select seq, (select f.seq from feed f) as last,
    json_build_object('seq', seq, 'candidate_id', id, 'deleted', deleted, 'merged_into', merged_into)::text as change
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
