-- Tables of one organisation, a database each. Months are year * 12 + month - 1.

-- name: tables
create table person (
    person Int64, candidate_id String, country Nullable(String), region Nullable(String), place Nullable(String),
    function Nullable(String), occupation Nullable(String), seniority Nullable(String), company Nullable(String),
    company_name Nullable(String), remote Bool, worked Nullable(Int32), working_since Nullable(Int32)
) engine = MergeTree order by person;
create table span (
    person Int64, country Nullable(String), region Nullable(String), place Nullable(String),
    function Nullable(String), occupation Nullable(String), seniority Nullable(String), company Nullable(String),
    company_name Nullable(String), remote Bool, began Nullable(Int32), ended Nullable(Int32)
) engine = MergeTree order by person;
create table move (
    person Int64, country Nullable(String), region Nullable(String), place Nullable(String),
    function Nullable(String), occupation Nullable(String), seniority Nullable(String), company Nullable(String),
    company_name Nullable(String), remote Bool, kind String, origin String, origin_name String, target String,
    target_name String, month Nullable(Int32)
) engine = MergeTree order by person;
create table skill (person Int64, skill String, shown Bool, first Nullable(Int32)) engine = MergeTree order by person;
create table study (person Int64, school String, school_name String) engine = MergeTree order by person;
create table posting (
    posting_id String, country Nullable(String), region Nullable(String), place Nullable(String),
    function Nullable(String), occupation Nullable(String), seniority Nullable(String), company Nullable(String),
    company_name Nullable(String), remote Bool, posted Nullable(Int32), open Bool,
    last_day Nullable(Int32), pay_low Nullable(Float64), pay_high Nullable(Float64), currency Nullable(String)
) engine = MergeTree order by posting_id;
create table posting_skill (posting_id String, skill String) engine = MergeTree order by posting_id;
