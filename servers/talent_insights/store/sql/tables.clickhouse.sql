-- Tables of one organisation, a database each. Months are year * 12 + month - 1.
-- A person, and a posting, is one row with all that was derived of it: one insert puts it, the latest is what counts
-- (a batch written twice, or again after a kill, changes nothing), and a question sees all of it or none.

-- name: tables
create table if not exists state (feed String, seq UInt64) engine = ReplacingMergeTree(seq) order by feed;
create table if not exists origin (because String) engine = MergeTree order by because;
create table if not exists kept_people (
    candidate_id String, seq UInt64, gone UInt8,
    person Int64 materialized reinterpretAsInt64(sipHash64(candidate_id)),
    facts Tuple(country LowCardinality(Nullable(String)), region LowCardinality(Nullable(String)),
        place LowCardinality(Nullable(String)), function LowCardinality(Nullable(String)),
        occupation LowCardinality(Nullable(String)), seniority LowCardinality(Nullable(String)),
        company Nullable(String),
        company_name Nullable(String), remote Bool, worked Nullable(Int32),
        working_since Nullable(Int32)),
    spans Array(Tuple(country LowCardinality(Nullable(String)), region LowCardinality(Nullable(String)),
        place LowCardinality(Nullable(String)), function LowCardinality(Nullable(String)),
        occupation LowCardinality(Nullable(String)), seniority LowCardinality(Nullable(String)),
        company Nullable(String),
        company_name Nullable(String), remote Bool,
        began Nullable(Int32), ended Nullable(Int32))),
    moves Array(Tuple(country LowCardinality(Nullable(String)), region LowCardinality(Nullable(String)),
        place LowCardinality(Nullable(String)), function LowCardinality(Nullable(String)),
        occupation LowCardinality(Nullable(String)), seniority LowCardinality(Nullable(String)),
        company Nullable(String),
        company_name Nullable(String), remote Bool,
        kind String, origin String, origin_name String, target String, target_name String,
        month Nullable(Int32))),
    skills Array(Tuple(skill LowCardinality(String), shown Bool, first Nullable(Int32))),
    studies Array(Tuple(school String, school_name String))
) engine = ReplacingMergeTree(seq, gone) order by candidate_id;
create table if not exists kept_postings (
    posting_id String, seq UInt64, gone UInt8,
    facts Tuple(country LowCardinality(Nullable(String)), region LowCardinality(Nullable(String)),
        place LowCardinality(Nullable(String)), function LowCardinality(Nullable(String)),
        occupation LowCardinality(Nullable(String)), seniority LowCardinality(Nullable(String)),
        company Nullable(String),
        company_name Nullable(String), remote Bool, posted Nullable(Int32), open Bool,
        last_day Nullable(Int32), pay_low Nullable(Float64), pay_high Nullable(Float64),
        currency Nullable(String)),
    skills Array(LowCardinality(String))
) engine = ReplacingMergeTree(seq, gone) order by posting_id;
create view if not exists person as
select person, candidate_id, facts.country as country, facts.region as region, facts.place as place,
    facts.function as function, facts.occupation as occupation, facts.seniority as seniority, facts.company as
    company, facts.company_name as company_name, facts.remote as remote, facts.worked as worked,
    facts.working_since as working_since
from kept_people final;
create view if not exists span as
select person, one.country as country, one.region as region, one.place as place, one.function as function,
    one.occupation as occupation, one.seniority as seniority, one.company as company, one.company_name as
    company_name, one.remote as remote, one.began as began, one.ended as ended
from kept_people final array join spans as one;
create view if not exists move as
select person, one.country as country, one.region as region, one.place as place, one.function as function,
    one.occupation as occupation, one.seniority as seniority, one.company as company, one.company_name as
    company_name, one.remote as remote, one.kind as kind, one.origin as origin, one.origin_name as
    origin_name, one.target as target, one.target_name as target_name, one.month as month
from kept_people final array join moves as one;
create view if not exists skill as
select person, one.skill as skill, one.shown as shown, one.first as first
from kept_people final array join skills as one;
create view if not exists study as
select person, one.school as school, one.school_name as school_name
from kept_people final array join studies as one;
create view if not exists posting as
select posting_id, facts.country as country, facts.region as region, facts.place as place, facts.function as
    function, facts.occupation as occupation, facts.seniority as seniority, facts.company as company,
    facts.company_name as company_name, facts.remote as remote, facts.posted as posted, facts.open as open,
    facts.last_day as last_day, facts.pay_low as pay_low, facts.pay_high as pay_high, facts.currency as
    currency
from kept_postings final;
create view if not exists posting_skill as select posting_id, skill from kept_postings final array join skills as skill

-- name: seq
select max(seq) as seq from state where feed = {feed:String}

-- name: kept
select (select max(seq) from state where feed = 'people') as people_seq,
    (select max(seq) from state where feed = 'postings') as postings_seq,
    (select count() from person) as people, (select count() from posting) as postings,
    (select count() from posting where open and (last_day is null or last_day >= {day:Int32})) as open_postings,
    (select max(because) from origin) as because

-- name: begun
insert into origin select {because:String} where (select count() from origin) = 0

-- name: databases
select name from system.databases where startsWith(name, {prefix:String}) order by name
