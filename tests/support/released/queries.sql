-- What workers of the release before say to the database; they run beside newer ones while a release is rolled out.
-- A release replaces this by a copy of shared/mailbox/queries.sql.

-- name: send
select seq, outcome, epoch, sent_at from mailbox.send(
    %(tenant)s, %(mailbox)s, %(body)s::jsonb, %(key)s, %(lane)s, %(not_before)s, %(correlation_id)s, %(causation_id)s,
    %(traceparent)s, %(bound)s)

-- name: send_alone
-- A transaction of its own in one round trip: the tenant is set in the statement itself.
select seq, outcome, epoch, sent_at
from (select set_config('app.tenant', %(tenant)s, true) as tenant) acting, lateral mailbox.send(
    acting.tenant, %(mailbox)s, %(body)s::jsonb, %(key)s, %(lane)s, %(not_before)s, %(correlation_id)s, %(causation_id)s,
    %(traceparent)s, %(bound)s, %(owner)s, make_interval(secs => %(lease)s))

-- name: backlog
-- At least one message waits in each of these rows: so many rows are enough to know that the bound is reached.
select coalesce(sum(pending), 0) as waiting from (
    select pending from mailbox.mailbox
    where kind = %(kind)s and lane in (0, 1, 2) and tenant = %(tenant)s and ready_at < 'infinity' and mode = 'open'
    limit %(enough)s) busy

-- name: now
select clock_timestamp() as now

-- name: note
select mailbox.note(
    %(tenant)s, %(mailbox)s, %(body)s, %(key)s, %(correlation_id)s, %(causation_id)s, %(traceparent)s) as seq

-- name: claim
select * from mailbox.claim(%(kind)s, %(owner)s, make_interval(secs => %(lease)s), %(caps)s::int[], %(after)s::text[], %(together)s)

-- name: renew
select * from mailbox.renew(
    %(owner)s, make_interval(secs => %(lease)s), %(tenants)s::text[], %(mailboxes)s::text[], %(epochs)s::bigint[])

-- name: done
select * from mailbox.done(
    %(tenant)s, %(mailbox)s, %(epoch)s, %(head)s, %(last)s, %(count)s,
    %(owner)s, make_interval(secs => %(lease)s), %(together)s)

-- name: fail
select mailbox.fail(
    %(tenant)s, %(mailbox)s, %(epoch)s, %(seq)s, make_interval(secs => %(retry_in)s), %(code)s, %(error)s) as outcome

-- name: release
select mailbox.release(%(tenant)s, %(mailbox)s, %(epoch)s, %(seq)s)

-- name: cancel
select mailbox.cancel(%(tenant)s, %(mailbox)s, %(seq)s) as outcome

-- name: pause
select mailbox.pause(%(tenant)s, %(mailbox)s, %(reason)s, %(stop)s) as paused

-- name: resume
select mailbox.resume(%(tenant)s, %(mailbox)s) as resumed

-- name: retire
select mailbox.retire(%(tenant)s, %(mailbox)s, %(reason)s) as ended

-- name: by_key
select seq from mailbox.message where tenant = %(tenant)s and mailbox = %(mailbox)s and key = %(key)s

-- name: state
select id as mailbox, pending, head, tail, owner is not null and ready_at > clock_timestamp() as running,
    attempts, lane, nullif(ready_at, 'infinity') as ready_at, last_error, mode, mode_reason
from mailbox.mailbox where tenant = %(tenant)s and id = %(mailbox)s

-- name: history
with page as (
    select g.mailbox, g.seq, g.body, g.lane, g.key, g.correlation_id, g.causation_id, g.not_before, g.sent_at,
        case
            when g.outcome is not null then g.outcome
            when g.seq < m.head then 'handled'
            when g.seq = m.head and m.owner is not null and m.ready_at > clock_timestamp() then 'running'
            else 'waiting'
        end as status
    from mailbox.message g join mailbox.mailbox m on m.tenant = g.tenant and m.id = g.mailbox
    where g.tenant = %(tenant)s and g.mailbox = %(mailbox)s
        and (%(before)s::bigint is null or g.seq < %(before)s)
        and (%(after)s::bigint is null or g.seq > %(after)s)
        and (%(correlation_id)s::text is null or g.correlation_id = %(correlation_id)s)
        and (%(since)s::timestamptz is null or g.sent_at >= %(since)s)
        and (%(until)s::timestamptz is null or g.sent_at < %(until)s)
        and (%(text)s::text is null or position(lower(%(text)s) in lower(mailbox.text_of(g.body))) > 0)
    order by case when %(after)s::bigint is null then -g.seq else g.seq end
    limit %(limit)s
)
select * from page order by seq

-- name: dead_letters
select d.mailbox, d.seq, g.body, d.attempts, d.code, d.error, g.traceparent, d.failed_at,
    d.resolution, d.reason, d.resolved_by, d.resolved_at
from mailbox.dead_letter d join mailbox.message g using (tenant, mailbox, seq)
where d.tenant = %(tenant)s
    and (%(mailbox)s::text is null or d.mailbox = %(mailbox)s)
    and (%(resolved)s or d.resolution is null)
order by d.failed_at desc limit %(limit)s

-- name: resolve
update mailbox.dead_letter d set
    resolution = %(resolution)s, reason = %(reason)s, resolved_by = %(by)s, resolved_at = clock_timestamp()
from mailbox.message g
where d.tenant = %(tenant)s and d.mailbox = %(mailbox)s and d.seq = %(seq)s and d.resolution is null
    and g.tenant = d.tenant and g.mailbox = d.mailbox and g.seq = d.seq
returning g.body, g.lane, g.correlation_id
