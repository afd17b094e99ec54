-- Questions about postings: they are public, so each group is one number.

-- name: demand
with @postings
select count(*) filter (asked) as open, count(*) filter (posted > $now - 12 and posted <= $now) as posted
from postings where mask = $full

-- name: demand_by
with @postings
select @dimension as value, count(*) filter (asked) as n, min(company_name) as label
from postings where mask = $full group by value having value is not null and n > 0
order by n desc, value limit $limit

-- name: demand_by_skill
with @postings
select skill as value, count(*) filter (asked) as n
from postings join posting_skill using (posting_id) where mask = $full group by value having n > 0
order by n desc, value limit $limit

-- name: demand_over_time
with @postings
select posted as month, count(*) as n from postings
where mask = $full and posted > $now - 36 and posted <= $now group by month order by month

-- name: pay
with @postings, offers as (
    select @dimension as value, currency, (pay_low + pay_high) / 2 as middle, posted from postings
    where mask = $full and pay_low is not null and posted > $now - 24 and posted <= $now
)
select value, currency, count(*) as n, quantile_cont(middle, 0.25) as lower, median(middle) as middle,
    quantile_cont(middle, 0.75) as upper, min(posted) as since, max(posted) as until
from offers group by value, currency having n >= $k
order by n desc, value, currency limit $limit
