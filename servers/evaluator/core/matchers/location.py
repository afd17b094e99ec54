"""Where somebody lives against where the role is, with remote work and readiness to move."""

import re
from collections.abc import Iterable

from servers.evaluator.core.findings import Finding, Hit, no_evidence
from servers.evaluator.core.record import Record
from servers.evaluator.core.residence import Residence, read_residence
from servers.evaluator.core.role import Role
from shared.taxonomy import Place, distance_km, find_places, place, place_contains, resolve_place, with_label
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification

COMMUTE_KM = 60.0
"""Within this distance people commute."""

_REMOTE = re.compile(r"\b(?:remote(?:ly)?|home ?office|work from (?:home|anywhere)|telework)\b", re.I)
_ON_SITE = re.compile(r"\b(?:on[- ]?site|in[- ]office|in person)\b", re.I)


def match_location(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge the place. Living elsewhere is contrary evidence only where moving is out of the question."""
    wanted = _wanted(qualification, role)
    remote = _is_remote(qualification, role)
    residence = read_residence(record)
    if not wanted:
        return _without_place(remote, residence)
    if residence.place is None:
        if moves := _moves_there(residence, wanted):
            return moves
        return no_evidence("the profile does not say where the candidate lives")
    return _compare(residence, residence.place, wanted, remote)


def _wanted(qualification: Qualification, role: Role) -> list[Place]:
    named = [found for text in qualification.places if (found := place(text) or resolve_place(text))]
    if named:
        return named
    if said := [one.place for one in find_places(qualification.statement)]:
        return said
    if role.location and (found := resolve_place(role.location)):
        return [found]
    country = place(role.country_code.upper()) if role.country_code else None
    return [country] if country else []


def _is_remote(qualification: Qualification, role: Role) -> bool:
    if _ON_SITE.search(qualification.statement):
        return False
    return bool(_REMOTE.search(qualification.statement)) or role.work_mode == "remote"


def _without_place(remote: bool, residence: Residence) -> Finding:
    if remote and residence.remote:
        return Finding(Verdict.MEETS, "wants to work remotely", 0.8, (residence.remote,))
    if remote and residence.hit:
        return Finding(Verdict.MEETS, "the role can be done from anywhere", 0.7, (residence.hit,))
    return no_evidence("the role names no place to compare with", 0.5)


def _compare(residence: Residence, home: Place, wanted: Iterable[Place], remote: bool) -> Finding:
    hits = (residence.hit,) if residence.hit else ()
    wanted = list(wanted)
    if any(place_contains(one, home) for one in wanted):
        return Finding(Verdict.MEETS, f"lives in {with_label(home)}", 0.9, hits)
    near = [one for one in wanted if (km := distance_km(one, home)) is not None and km <= COMMUTE_KM]
    if near:
        return Finding(Verdict.MEETS, f"lives near {near[0].label}, in {home.label}", 0.8, hits)
    countries = {one.country_code for one in wanted}
    if remote and home.country_code in countries:
        return Finding(Verdict.MEETS, f"lives in {with_label(home)}; the role is remote", 0.85, hits)
    if moves := _moves_there(residence, wanted):
        return moves
    if any(place_contains(home, one) for one in wanted):
        return Finding(Verdict.PARTIAL, f"lives in {with_label(home)}; where exactly is not said", 0.55, hits)
    return _elsewhere(residence, home, wanted, hits)


def _elsewhere(residence: Residence, home: Place, wanted: list[Place], hits: tuple[Hit, ...]) -> Finding:
    where, asked = with_label(home), wanted[0].label
    if residence.stays:
        reason = f"lives in {where} and does not want to move; {asked} asked"
        return Finding(Verdict.NOT_MET, reason, 0.85, (residence.stays, *hits))
    return no_evidence(f"lives in {where}, not in {asked}; nothing is said of moving")


def _moves_there(residence: Residence, wanted: Iterable[Place]) -> Finding | None:
    """Return a finding when the profile says it is ready to move to one of the places, or anywhere."""
    if residence.moves is None:
        return None
    named = residence.moves_to
    if named and not any(
        place_contains(one, target) or place_contains(target, one) for one in wanted for target in named
    ):
        targets = ", ".join(dict.fromkeys(target.label for target in named))
        return Finding(Verdict.PARTIAL, f"ready to move, but names {targets}", 0.6, (residence.moves,))
    return Finding(Verdict.MEETS, "ready to move there", 0.75, (residence.moves,))
