// Searching what was said, in all conversations, by either side.

import { call } from "./client.js";
import { open, titleOf } from "./desk.js";
import { node } from "./nodes.js";
import { $ } from "./page.js";

const AROUND = 70; // characters shown on either side of what was searched for

export function startSearch() {
  $("search").addEventListener("submit", (event) => {
    event.preventDefault();
    search($("search-text").value.trim());
  });
  $("search-text").addEventListener("input", () => $("search-text").value || show([]));
}

async function search(text, cursor = null) {
  if (!text) return show([]);
  const query = new URLSearchParams({ text, limit: "20", ...(cursor ? { cursor } : {}) });
  try {
    const { messages, older } = await (await call(`/agents/me/messages?${query}`)).json();
    const rows = messages.reverse().map((one) => row(one, text));
    if (older) rows.push(more(text, older));
    show(rows.length ? rows : [node("li", { class: "muted" }, "Nothing was said like that.")], Boolean(cursor));
  } catch (error) {
    show([node("li", { class: "muted" }, error.status === 404 ? "Nothing was said yet." : error.message)]);
  }
}

function show(rows, further = false) {
  if (further) $("found").lastElementChild?.remove(); // the button that led here
  if (further) $("found").append(...rows);
  else $("found").replaceChildren(...rows);
  $("found").hidden = $("found").childElementCount === 0;
}

function row({ message, sent_at: sent, correlation_id: thread }, text) {
  const who = message.role === "ROLE_USER" ? "You" : "Assistant";
  const said = message.parts.map((part) => part.text ?? "").join(" ").replace(/[\s*#]+/g, " ");
  const at = Math.max(0, said.toLowerCase().indexOf(text.toLowerCase()));
  const [before, hit, after] = [said.slice(Math.max(0, at - AROUND), at), said.slice(at, at + text.length), said.slice(at + text.length, at + text.length + AROUND)];
  return node(
    "li",
    {},
    node(
      "button",
      { type: "button", class: "thread", onclick: () => open(thread, titleOf(thread)) },
      node("span", { class: "thread-status" }, `${who} · ${new Date(sent).toLocaleString()}`),
      node("span", { class: "found-text" }, before, node("mark", {}, hit), after),
    ),
  );
}

const more = (text, cursor) =>
  node("li", {}, node("button", { type: "button", class: "button quiet wide", onclick: () => search(text, cursor) }, "Further back"));
