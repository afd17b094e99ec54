-- name: load_units
select * from known_units()

-- name: save_unit
insert into unit (tenant, name, kind, url, origin, status, summary, latency_ms, last_seen, last_probe, failure,
                  differences, card, accepted, registered_by, access, data, planning, endpoint,
                  protocol_version, streaming)
values (%(tenant)s, %(name)s, %(kind)s, %(url)s, %(origin)s, %(status)s, %(summary)s, %(latency_ms)s,
        %(last_seen)s, %(last_probe)s, %(failure)s, %(differences)s, %(card)s, %(accepted)s,
        %(registered_by)s, %(access)s, %(data)s, %(planning)s, %(endpoint)s, %(protocol_version)s, %(streaming)s)
on conflict (tenant, name) do update set
    kind = excluded.kind, url = excluded.url, status = excluded.status, summary = excluded.summary,
    latency_ms = excluded.latency_ms, last_seen = excluded.last_seen, last_probe = excluded.last_probe,
    failure = excluded.failure, differences = excluded.differences, card = excluded.card,
    accepted = excluded.accepted, endpoint = excluded.endpoint,
    protocol_version = excluded.protocol_version, streaming = excluded.streaming

-- name: remove_unit
delete from unit where tenant = %(tenant)s and name = %(name)s and origin = 'registered'

-- name: load_pins
select * from accepted_cards()

-- name: save_pin
insert into pin (tenant, name, card, pinned_by) values (%(tenant)s, %(name)s, %(card)s, %(by)s)

-- name: remove_pins
delete from pin where tenant = %(tenant)s and name = %(name)s
