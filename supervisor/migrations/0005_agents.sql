-- An agent's life: paused by somebody, exported, and retired, after which it has no sign-in to act under.
alter table agent
    alter column delegation drop not null,
    add column paused_at   timestamptz,
    add column exported_at timestamptz,   -- since it was paused
    add column retired_at  timestamptz;
