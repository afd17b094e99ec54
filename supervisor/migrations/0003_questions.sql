-- What a unit asked in the middle of a step, where its task waits for the answer, and the answer once given.
alter table step add column question jsonb;
