// A search in the pool: the query as it was understood, to be changed in place, what each condition does, who was found.

import { node } from "./nodes.js";
import { $ } from "./page.js";

const SAVE = "tell me when new ones come";
const ROLE = "make it a role";

/**
 * Only the newest search can be changed: what is said in a card would be taken as said of the newest.
 * Returns whether the reader was in one.
 */
export function settleSearches(within = $("log")) {
  const inside = Boolean(document.activeElement?.closest(".talent"));
  for (const card of within.querySelectorAll(".talent")) {
    for (const one of card.querySelectorAll(".query-form, .drop, .actions")) one.remove();
    card.querySelector(".query-shown")?.removeAttribute("hidden");
  }
  return inside;
}

export function searchCard(card, conversation) {
  const title = `search-${crypto.randomUUID()}`;
  const { total, first, hits } = card;
  const many = total === 1 ? "1 person" : `${total.toLocaleString("en")} people`;
  const near = card.near ? `, and ${card.near.toLocaleString("en")} near in meaning` : "";
  const said = saying(conversation);
  return node(
    "article",
    { class: "card talent", "aria-labelledby": title },
    node("p", { class: "eyebrow" }, first > 1 ? `${card.title}, from ${first} on` : card.title),
    node("h3", { id: title }, `${many}${near}`),
    card.changed.length
      ? node("p", { class: "changed" }, `${card.changed.join(". ")}.${card.before === null ? "" : ` Before: ${card.before.toLocaleString("en")}.`}`)
      : null,
    query(card, said),
    beside(card.beside, said),
    notes("Left out, because nobody may be selected by it", card.refused, "refused"),
    notes("Not understood", card.unread),
    notes("May mean something else", card.doubts),
    card.notes.map((one) => node("p", { class: "flags" }, one)),
    understood(card.read),
    counts(card),
    hits.length ? node("ol", { class: "hits", start: first }, hits.map((hit, index) => node("li", {}, hitRow(hit, first + index)))) : null,
    node(
      "p",
      { class: "actions" },
      card.more ? action("More", () => said("more")) : null,
      action("Tell me of new ones", () => said(SAVE)),
      action("Make it a role", () => said(ROLE)),
    ),
    node("p", { class: "problem", role: "alert", hidden: true }),
  );
}

export const action = (words, act) => node("button", { type: "button", class: "button", onclick: act }, words);

/** Return what says something in the conversation, in the recruiter's name, and shows it where that fails. */
export function saying(conversation) {
  return async (words) => {
    try {
      await conversation.say(words);
    } catch (error) {
      const problem = [...$("log").querySelectorAll(".talent > .problem")].at(-1);
      problem.textContent = error.message;
      problem.hidden = false;
    }
  };
}

function query({ expression, first }, said) {
  if (!expression || first > 1) return null;
  const id = `query-${crypto.randomUUID()}`;
  const box = node("textarea", { id, rows: Math.min(5, 1 + Math.floor(expression.length / 80)), spellcheck: "false", maxlength: 2000 });
  box.value = expression;
  const submit = (event) => {
    event.preventDefault();
    const words = box.value.replace(/\s+/g, " ").trim();
    if (words && words !== expression) said(`query: ${words}`);
    else box.focus();
  };
  const enter = (event) => event.key === "Enter" && !event.shiftKey && !event.isComposing && submit(event);
  box.addEventListener("keydown", enter);
  const form = node(
    "form",
    { class: "query-form", onsubmit: submit },
    node("label", { for: id }, "The query as I understood it; change it and search again"),
    box,
    node("button", { type: "submit", class: "button primary" }, "Search again"),
  );
  return node("div", {}, form, node("p", { class: "query-shown", hidden: true }, node("code", {}, expression)));
}

/** What the boolean language cannot say stands beside it, and can be dropped. */
function beside(lines, said) {
  if (!lines.length) return null;
  const chip = (line) =>
    node(
      "li",
      { class: "tag" },
      line,
      node("button", { type: "button", class: "drop", "aria-label": `Drop ${line}`, onclick: () => said(`drop ${line}`) }, "×"),
    );
  return node("div", {}, node("h4", {}, "And beside that"), node("ul", { class: "facts" }, lines.map(chip)));
}

function notes(heading, lines, kind = "") {
  if (!lines.length) return null;
  return node("div", {}, node("h4", {}, heading), node("ul", { class: `lines ${kind}` }, lines.map(({ words, says }) => node("li", {}, `“${words}”: ${says}`))));
}

function understood(lines) {
  if (!lines.length) return null;
  return node(
    "details",
    {},
    node("summary", {}, "How I took your words"),
    node("ul", { class: "lines" }, lines.map(({ words, says }) => node("li", {}, `“${words}”: ${says}`))),
  );
}

function counts({ clauses, told, total }) {
  if (clauses.length < 2) return null;
  const cell = (number) => node("td", {}, number.toLocaleString("en"));
  const rows = clauses.map(({ says, alone, without }) =>
    node("tr", { class: total === 0 && (alone === 0 || without > 0) ? "empties" : null }, node("th", { scope: "row" }, says), cell(alone), cell(without)),
  );
  return node(
    "details",
    { open: total === 0 },
    node("summary", {}, told),
    node(
      "table",
      { class: "counts" },
      node("caption", { class: "hidden" }, "How many people satisfy each condition alone, and how many there are without it"),
      node("thead", {}, node("tr", {}, ...["Condition", "alone", "without it"].map((one) => node("th", { scope: "col" }, one)))),
      node("tbody", {}, rows),
    ),
  );
}

function hitRow(hit, number) {
  const facts = [hit.place, hit.years === null ? null : `${Math.round(hit.years * 10) / 10} years of work`];
  const why = hit.matched.map(({ says, passages }) => node("li", {}, says, passages.slice(0, 2).map((text) => node("blockquote", {}, text.trim()))));
  return node(
    "details",
    { class: "candidate" },
    node(
      "summary",
      {},
      node("span", { class: "rank", "aria-hidden": "true" }, String(number)),
      node(
        "span",
        { class: "person" },
        node("strong", {}, hit.headline || "No headline"),
        node("span", { class: "muted" }, facts.filter(Boolean).join(" · ")),
      ),
    ),
    node("div", { class: "why-found" }, node("h4", {}, "Why"), why.length ? node("ul", { class: "lines" }, why) : node("p", { class: "muted" }, "Near in meaning.")),
  );
}
