-- Tables of one organisation, and how a batch of changes is taken in. Months are year * 12 + month - 1.

-- name: tables
create table state (feed varchar primary key, seq bigint not null);
create table origin (because varchar not null);
create table person (
    person bigint, candidate_id varchar, country varchar, region varchar, place varchar, function varchar,
    occupation varchar, seniority varchar, company varchar, company_name varchar, remote boolean,
    worked integer, working_since integer, digest ubigint
);
create table span (
    person bigint, country varchar, region varchar, place varchar, function varchar, occupation varchar,
    seniority varchar, company varchar, company_name varchar, remote boolean, began integer, ended integer
);
create table move (
    person bigint, country varchar, region varchar, place varchar, function varchar, occupation varchar,
    seniority varchar, company varchar, company_name varchar, remote boolean, kind varchar, origin varchar,
    origin_name varchar, target varchar, target_name varchar, month integer
);
create table skill (person bigint, skill varchar, shown boolean, first integer);
create table study (person bigint, school varchar, school_name varchar);
create table posting (
    posting_id varchar, country varchar, region varchar, place varchar, function varchar, occupation varchar,
    seniority varchar, company varchar, company_name varchar, remote boolean, posted integer, open boolean,
    last_day integer, pay_low double, pay_high double, currency varchar
);
create table posting_skill (posting_id varchar, skill varchar);

-- name: widen
-- What files of this format lack that were written before it was there.
alter table person add column if not exists digest ubigint

-- name: incoming_people
create or replace temp table incoming as
select *, hash(facts, spans, moves, skills, studies) as digest from (select unnest(from_json($batch, '[{"candidate_id": "VARCHAR",
    "facts": {"country": "VARCHAR", "region": "VARCHAR", "place": "VARCHAR", "function": "VARCHAR",
        "occupation": "VARCHAR", "seniority": "VARCHAR", "company": "VARCHAR", "company_name": "VARCHAR",
        "remote": "BOOLEAN", "worked": "INTEGER", "working_since": "INTEGER"},
    "spans": [{"country": "VARCHAR", "region": "VARCHAR", "place": "VARCHAR", "function": "VARCHAR",
        "occupation": "VARCHAR", "seniority": "VARCHAR", "company": "VARCHAR", "company_name": "VARCHAR",
        "remote": "BOOLEAN", "began": "INTEGER", "ended": "INTEGER"}],
    "moves": [{"country": "VARCHAR", "region": "VARCHAR", "place": "VARCHAR", "function": "VARCHAR",
        "occupation": "VARCHAR", "seniority": "VARCHAR", "company": "VARCHAR", "company_name": "VARCHAR",
        "remote": "BOOLEAN", "kind": "VARCHAR", "origin": "VARCHAR", "origin_name": "VARCHAR",
        "target": "VARCHAR", "target_name": "VARCHAR", "month": "INTEGER"}],
    "skills": [{"skill": "VARCHAR", "shown": "BOOLEAN", "first": "INTEGER"}],
    "studies": [{"school": "VARCHAR", "school_name": "VARCHAR"}]}]'), max_depth := 2))

-- name: known_people
create or replace temp table known as
select person, candidate_id, coalesce(person.digest = incoming.digest, false) as same
from person left join incoming using (candidate_id)
where candidate_id in (select candidate_id from incoming union all select unnest($removed::varchar[]))

-- name: numbered_people
-- Who is there already keeps the number; others get the next ones. Who is there just so is left alone: most changes
-- of people, and all of a wider taxonomy that are not about them, change nothing that is counted.
create or replace temp table numbered as
select coalesce(
        known.person,
        (select coalesce(max(person), 0) from person)
            + row_number() over (partition by known.person is null order by candidate_id)
    ) as person, incoming.*
from incoming left join known using (candidate_id) where same is not true;
delete from known where same

-- name: written_people
select count(*) from numbered

-- name: replace_people
delete from span where person in (select person from known);
delete from move where person in (select person from known);
delete from skill where person in (select person from known);
delete from study where person in (select person from known);
delete from person where person in (select person from known);
insert into person by name select person, candidate_id, digest, unnest(facts) from numbered;
insert into span by name select person, unnest(spans, max_depth := 2) from numbered;
insert into move by name select person, unnest(moves, max_depth := 2) from numbered;
insert into skill by name select person, unnest(skills, max_depth := 2) from numbered;
insert into study by name select person, unnest(studies, max_depth := 2) from numbered

-- name: unclustered
-- People written since rows were last put in order.
select coalesce((select seq from state where feed = 'unclustered'), (select count(*) from person)) as n,
    (select count(*) from person) as people

-- name: cluster
-- What questions ask for lies together, and the rest is passed over: each part of a table knows its least and most.
create or replace table span as select * from span order by ended, company, person;
create or replace table move as select * from move order by kind, month, origin, target;
create or replace table skill as select * from skill order by skill, person;
create or replace table study as select * from study order by school, person;
insert or replace into state values ('unclustered', 0)

-- name: incoming_postings
create or replace temp table incoming as
select unnest(from_json($batch, '[{"posting_id": "VARCHAR",
    "facts": {"country": "VARCHAR", "region": "VARCHAR", "place": "VARCHAR", "function": "VARCHAR",
        "occupation": "VARCHAR", "seniority": "VARCHAR", "company": "VARCHAR", "company_name": "VARCHAR",
        "remote": "BOOLEAN", "posted": "INTEGER", "open": "BOOLEAN", "last_day": "INTEGER",
        "pay_low": "DOUBLE", "pay_high": "DOUBLE", "currency": "VARCHAR"},
    "skills": ["VARCHAR"]}]'), max_depth := 2)

-- name: known_postings
create or replace temp table known as
select posting_id from incoming union all select unnest($removed::varchar[])

-- name: replace_postings
delete from posting where posting_id in (select posting_id from known);
delete from posting_skill where posting_id in (select posting_id from known);
insert into posting by name select posting_id, unnest(facts) from incoming;
insert into posting_skill by name select posting_id, unnest(skills) as skill from incoming

-- name: seq
select coalesce(max(seq), 0) as seq from state where feed = $feed

-- name: reach
insert or replace into state values ($feed, $seq)

-- name: kept
select (select coalesce(max(seq), 0) from state where feed = 'people') as people_seq,
    (select coalesce(max(seq), 0) from state where feed = 'postings') as postings_seq,
    (select count(*) from person) as people, (select count(*) from posting) as postings,
    (select count(*) from posting where open and (last_day is null or last_day >= $day)) as open_postings,
    (select coalesce(max(because), '') from origin) as because
