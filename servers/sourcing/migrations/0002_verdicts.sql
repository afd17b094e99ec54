-- Which queries had somebody among their next people, and what evaluation said of them: null before it did.
alter table result
    add column found_by text[] not null default '{}',
    add column good boolean;
