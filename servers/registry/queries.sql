-- name: load_units
select * from unit

-- name: save_unit
insert into unit (name, kind, url, origin, status, summary, latency_ms, last_seen, last_probe, failure,
                  differences, card, accepted, registered_by)
values (%(name)s, %(kind)s, %(url)s, %(origin)s, %(status)s, %(summary)s, %(latency_ms)s, %(last_seen)s,
        %(last_probe)s, %(failure)s, %(differences)s, %(card)s, %(accepted)s, %(registered_by)s)
on conflict (name) do update set
    kind = excluded.kind, url = excluded.url, status = excluded.status, summary = excluded.summary,
    latency_ms = excluded.latency_ms, last_seen = excluded.last_seen, last_probe = excluded.last_probe,
    failure = excluded.failure, differences = excluded.differences, card = excluded.card,
    accepted = excluded.accepted

-- name: load_pins
select distinct on (name) name, card from pin order by name, pinned_at desc

-- name: save_pin
insert into pin (name, card, pinned_by) values (%(name)s, %(card)s, %(by)s)
