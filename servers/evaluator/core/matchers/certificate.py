"""Certificates and licences: held, in preparation, expired, or not mentioned."""

import re

from servers.evaluator.core.findings import Finding, Hit, no_evidence
from servers.evaluator.core.matchers.statement import match_statement
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from shared.taxonomy import certificate, find_certificates, resolve_certificate
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification

_PENDING = re.compile(
    r"\b(?:preparing|preparation|in progress|pursuing|working (?:on|towards?)|studying|scheduled|"
    r"planned|planning|candidate|eligible|expected|exam (?:booked|date))\b",
    re.I,
)
_LAPSED = re.compile(r"\b(?:expired|lapsed|revoked|suspended|inactive)\b", re.I)
_LONG = 200
_DENIED = re.compile(r"\b(?:no|not|without|never|don't have|do not have|lack\w*)\b[^.;\n]{0,30}$", re.I)


def match_certificate(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge certificates; one of several named is enough unless all are asked."""
    wanted = certificates_asked(qualification)
    if not wanted:
        return _as_said(match_statement(qualification, record, role), record)
    found = [_one(key, record) for key in wanted]
    if qualification.match == "all" and len(found) > 1:
        return _all(found)
    order = (Verdict.MEETS, Verdict.PARTIAL, Verdict.NOT_MET, Verdict.NO_EVIDENCE)
    return min(found, key=lambda one: order.index(one.verdict))


def _as_said(finding: Finding, record: Record) -> Finding:
    """Read beside a certificate that the taxonomy does not know whether it is held."""
    if not finding.hits:
        return finding
    hit = finding.hits[0]
    text = record.texts[hit.source]
    start, end = text.passages.around(hit.start) or (hit.start, hit.end)
    line = text.masked[start:end]
    if _LAPSED.search(line):
        return Finding(Verdict.NOT_MET, "what is named so is no longer valid", 0.7, (hit,))
    if _PENDING.search(line) and len(line) < _LONG:
        return Finding(Verdict.PARTIAL, "what is named so is not held yet", 0.65, (hit,))
    return finding


def certificates_asked(qualification: Qualification) -> list[str]:
    """Return the certificates of a qualification that lists know, by key."""
    named = [key for name in qualification.certificates if (key := resolve_certificate(name))]
    return named or list(dict.fromkeys(one.certificate for one in find_certificates(qualification.statement)))


def _one(wanted: str, record: Record) -> Finding:
    entry = certificate(wanted)
    label = entry.label if entry else wanted
    held: list[Hit] = []
    open_: list[tuple[str, Hit]] = []
    for text, one in record.certificates:
        if not _covers(one.certificate, wanted):
            continue
        passage = text.passages.around(one.start) or (one.start, one.end)
        line = text.masked[passage[0] : passage[1]]
        hit = Hit(text.id, one.start, one.end)
        if _DENIED.search(text.masked, passage[0], one.start):
            open_.append(("denied", hit))
        elif _LAPSED.search(line):
            open_.append(("lapsed", hit))
        elif _PENDING.search(line) and len(line) < _LONG:
            open_.append(("pending", hit))
        else:
            held.append(hit)
    if held:
        return Finding(Verdict.MEETS, f"names {label}", 0.85, tuple(held))
    if not open_:
        return no_evidence(f"the profile does not mention {label}", 0.65)
    state, hit = open_[0]
    if state == "denied":
        return Finding(Verdict.NOT_MET, f"the profile says that {label} is missing", 0.8, (hit,))
    if state == "lapsed":
        return Finding(Verdict.NOT_MET, f"{label} is no longer valid", 0.75, (hit,))
    return Finding(Verdict.PARTIAL, f"{label} is not held yet", 0.7, (hit,))


def _covers(held: str, wanted: str) -> bool:
    """Tell whether a certificate is the wanted one or of the wanted family: AWS certification covers each."""
    if held == wanted:
        return True
    have, want = certificate(held), certificate(wanted)
    if have is None or want is None:
        return False
    return any(have.label.lower().startswith(alias.lower() + " ") for alias in want.aliases)


def _all(found: list[Finding]) -> Finding:
    met = [one for one in found if one.verdict is Verdict.MEETS]
    if len(met) == len(found):
        reason = "; ".join(one.reason for one in met)
        return Finding(Verdict.MEETS, reason, 0.85, tuple(hit for one in met for hit in one.hits[:1]))
    shown = [one for one in found if one.verdict in (Verdict.MEETS, Verdict.PARTIAL)]
    if not shown:
        return found[0]
    reason = "; ".join(one.reason for one in found)
    return Finding(Verdict.PARTIAL, reason, 0.65, tuple(hit for one in shown for hit in one.hits[:1]))
