-- How many candidates of a sweep were judged by rules alone, since the model did not answer.
alter table sweep add column alone integer not null default 0;
