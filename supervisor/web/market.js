// An answer about the talent market: a sentence, tables of figures, and what they stand on.

import { node } from "./nodes.js";
import { action, saying } from "./talent.js";

export function marketCard(card, conversation) {
  const title = `market-${crypto.randomUUID()}`;
  const say = saying(conversation);
  return node(
    "article",
    { class: "card talent", "aria-labelledby": title },
    node("p", { class: "eyebrow" }, card.told ? `${card.title}: ${card.basis.about}` : card.title),
    node("h3", { id: title }, card.told || capital(card.basis.about)),
    card.changed?.length ? node("p", { class: "changed" }, `${card.changed.join(". ")}.`) : null,
    listed("Left out, because nobody may be counted by it", card.refused.map(({ words, says }) => `“${words}”: ${says}`), "refused"),
    listed("Not counted by", card.left),
    card.tables.map(figures),
    node("p", { class: "muted" }, card.stands_on),
    node("details", {}, node("summary", {}, "How it was counted"), node("p", { class: "muted" }, card.basis.how)),
    card.then.length ? node("p", { class: "actions" }, card.then.map((words) => action(words, () => say(words)))) : null,
    node("p", { class: "problem", role: "alert", hidden: true }),
  );
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

function listed(heading, lines, kind = "") {
  if (!lines.length) return null;
  return node("div", {}, node("h4", {}, heading), node("ul", { class: `lines ${kind}` }, lines.map((line) => node("li", {}, line))));
}

function figures({ heading, columns, rows, marked }) {
  const caption = heading || "Figures";
  return node(
    "div",
    { class: "wide-table", tabindex: "0", role: "group", "aria-label": caption },
    node(
      "table",
      { class: "counts" },
      node("caption", { class: heading ? "said" : "hidden" }, caption),
      node("thead", {}, node("tr", {}, columns.map((one) => node("th", { scope: "col" }, one)))),
      node("tbody", {}, rows.map((row, at) => figureRow(row, at === marked))),
    ),
  );
}

function figureRow([what, ...values], asked) {
  return node("tr", { class: asked ? "asked" : null }, node("th", { scope: "row" }, what), values.map((value) => node("td", {}, value)));
}
