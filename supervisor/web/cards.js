// What is shown of requirements and candidates.

import { node } from "./nodes.js";

const MARKS = { meets: "✓", partial: "◐", not_met: "✗", no_evidence: "?" };
const VERDICTS = { meets: "meets", partial: "partly", not_met: "does not meet", no_evidence: "no evidence" };
const MATCHES = {
  strong_match: "Strong match",
  good_match: "Good match",
  possible_match: "Possible match",
  needs_a_look: "Needs a look",
  not_a_match: "Not a match",
};
export function requirementsCard(role) {
  const facts = [role.seniority, role.location, role.work_mode?.replace("_", "-"), role.employment_type, role.industry];
  const section = (heading, items, kind = "") =>
    items?.length ? [node("h4", {}, heading), node("ul", { class: kind }, items.map((item) => node("li", {}, ...[item].flat())))] : [];
  const chosen = (importance) =>
    (role.qualifications ?? [])
      .filter((one) => one.importance === importance)
      .map((one) => [one.statement, one.inferred ? node("span", { class: "tag" }, "inferred") : null].filter(Boolean));
  return node(
    "article",
    { class: "card requirements" },
    node("p", { class: "eyebrow" }, "Requirements, a draft"),
    node("h3", {}, role.title),
    node("p", { class: "facts" }, facts.filter(Boolean).map((fact) => node("span", { class: "tag" }, fact))),
    section("Must have", chosen("must_have")),
    section("Nice to have", chosen("nice_to_have")),
    section("Left out, because it must not be asked for", role.refused?.map((one) => `“${one.text}”: ${one.reason}${one.rewording ? ` Instead: ${one.rewording}` : ""}`), "refused"),
    section("Does not fit together", role.contradictions, "refused"),
    section("Please tell me", role.questions?.map((one) => one.text), "questions"),
    role.inferences?.length
      ? node(
          "details",
          {},
          node("summary", {}, `${role.inferences.length} inferred`),
          node("ul", {}, role.inferences.map((one) => node("li", {}, `${one.field.replaceAll("_", " ")}: ${one.value} (${one.reason})`))),
        )
      : null,
    role.engine ? node("p", { class: "muted" }, `Written by ${role.engine}`) : null,
  );
}

export function shortlistCard(list) {
  const enough = list.found >= list.wanted;
  const head = enough
    ? `The best ${list.candidates.length} of ${list.found} good matches`
    : `${list.found} good matches for ${list.wanted} places`;
  const also = [
    `Judged by ${list.engine}`,
    list.further ? `${list.further} more on record` : "",
    list.exhausted && !enough ? "the pool holds no more" : "",
  ];
  return node(
    "article",
    { class: "shortlist", "aria-label": "Shortlist" },
    node("p", { class: "eyebrow" }, "Shortlist"),
    node("h3", {}, head),
    node("p", { class: "muted" }, also.filter(Boolean).join(" · ")),
    node("p", { class: "legend muted" }, Object.entries(MARKS).map(([verdict, mark]) => node("span", {}, markOf(verdict, mark), VERDICTS[verdict]))),
    node("ol", { class: "candidates" }, list.candidates.map((one, index) => node("li", {}, candidateCard(one, index === 0)))),
  );
}

const markOf = (verdict, mark = MARKS[verdict]) => node("span", { class: `mark ${verdict}`, "aria-hidden": "true" }, mark);

function candidateCard(candidate, open) {
  const counts = Object.keys(MARKS)
    .map((verdict) => [verdict, candidate.judgements.filter((one) => one.verdict === verdict).length])
    .filter(([, count]) => count > 0);
  return node(
    "details",
    { class: "candidate", open },
    node(
      "summary",
      {},
      node("span", { class: "rank", "aria-hidden": "true" }, String(candidate.rank)),
      node(
        "span",
        { class: "person" },
        node("strong", {}, candidate.name ?? candidate.candidate_id),
        node("span", { class: "muted" }, [candidate.headline, candidate.place].filter(Boolean).join(" · ")),
      ),
      node(
        "span",
        { class: "verdict-counts", "aria-label": counts.map(([verdict, count]) => `${count} ${VERDICTS[verdict]}`).join(", ") },
        candidate.judgements.map((one) => markOf(one.verdict)),
      ),
      node("span", { class: `match ${candidate.recommendation}` }, MATCHES[candidate.recommendation] ?? candidate.recommendation),
    ),
    candidate.flags.length ? node("p", { class: "flags" }, `Look at: ${candidate.flags.join(", ").replaceAll("_", " ")}`) : null,
    node("ul", { class: "judgements" }, candidate.judgements.map(judgementRow)),
  );
}

function judgementRow({ verdict, statement, importance, reason, quotes, confidence }) {
  return node(
    "li",
    { class: "judgement" },
    markOf(verdict),
    node(
      "div",
      {},
      node(
        "p",
        { class: "statement" },
        node("strong", {}, statement),
        node("span", { class: `verdict ${verdict}` }, VERDICTS[verdict]),
        importance === "nice_to_have" ? node("span", { class: "tag" }, "nice to have") : null,
      ),
      node("p", { class: "muted", title: `confidence ${Math.round(confidence * 100)} %` }, reason),
      quotes.slice(0, 3).map((quote) => node("blockquote", {}, node("mark", {}, quote.text.trim()))),
    ),
  );
}
