-- What somebody's profile shows of what is asked for: null for whom an earlier release brought.
alter table result add column shows text[];
