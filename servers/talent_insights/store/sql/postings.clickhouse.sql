-- Questions about postings: they are public, so each group is one number.

-- name: demand
with @postings
select countIf(asked) as open, countIf(posted > {now:Int32} - 12 and posted <= {now:Int32}) as posted
from postings where mask = {full:Int32}

-- name: demand_by
with @postings
select @dimension as value, countIf(asked) as n, min(company_name) as label
from postings where mask = {full:Int32} group by value having value is not null and n > 0
order by n desc, value limit {limit:Int32}

-- name: demand_by_skill
with @postings
select skill as value, countIf(asked) as n
from postings join posting_skill using (posting_id) where mask = {full:Int32} group by value having n > 0
order by n desc, value limit {limit:Int32}

-- name: demand_over_time
with @postings
select posted as month, count(*) as n from postings
where mask = {full:Int32} and posted > {now:Int32} - 36 and posted <= {now:Int32} group by month order by month

-- name: pay
with @postings, offers as (
    select @dimension as value, currency, (pay_low + pay_high) / 2 as middle, posted from postings
    where mask = {full:Int32} and pay_low is not null and posted > {now:Int32} - 24 and posted <= {now:Int32}
)
select value, currency, count(*) as n, quantileExactInclusive(0.25)(middle) as lower, quantileExactInclusive(0.5)(middle) as middle,
    quantileExactInclusive(0.75)(middle) as upper, min(posted) as since, max(posted) as until
from offers group by value, currency having n >= {k:Int32}
order by n desc, value, currency limit {limit:Int32}
