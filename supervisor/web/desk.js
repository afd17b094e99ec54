// The desk: the list of roles, and which conversation is on it.

import { call, newId } from "./client.js";
import { Conversation } from "./conversation.js";
import { firstLine, notice } from "./log.js";
import { node } from "./nodes.js";
import { showAssistant } from "./assistant.js";
import { $, connection, showBar, showPlan, STATUSES, working } from "./page.js";

export const desk = { talk: null }; // the conversation on show
let listing = 0;
let known = new Map(); // thread → its newest run

export const roleOf = (goal) => (goal ?? "New role").replace(/^(Shortlist for|Requirements of):\s*/, "");

export const titleOf = (thread) => roleOf(known.get(thread)?.goal);

export async function showThreads() {
  const { threads } = await (await call("/agui/threads")).json();
  const newest = new Map();
  for (const one of threads) if (!newest.has(one.thread)) newest.set(one.thread, one);
  known = newest;
  $("threads").replaceChildren(...[...newest.values()].map((one) => node("li", {}, threadButton(one))));
  const current = newest.get(desk.talk?.thread);
  if (current && desk.talk.title !== roleOf(current.goal)) {
    desk.talk.title = roleOf(current.goal);
    showBar(desk.talk);
  }
  return [...newest.values()];
}

function threadButton({ thread, goal, kind, status }) {
  const attributes = {
    type: "button",
    class: "thread",
    "aria-current": thread === desk.talk?.thread ? "true" : null,
    onclick: () => open(thread, roleOf(goal)),
  };
  return node(
    "button",
    attributes,
    node("span", { class: "thread-title" }, roleOf(goal)),
    node("span", { class: `thread-status ${status}` }, kind === "search" ? "Search" : (STATUSES[status] ?? "")),
  );
}

/** The list changes with what is on the desk; a burst of changes asks for it once. */
function listSoon() {
  clearTimeout(listing);
  listing = setTimeout(() => Promise.all([showThreads(), showAssistant()]).catch(() => {}), 200);
}

export function open(thread, title) {
  desk.talk?.close();
  desk.talk = new Conversation(thread ?? newId("thread"), title, listSoon);
  $("log").replaceChildren();
  $("earlier").hidden = true;
  $("empty").hidden = Boolean(thread);
  working("");
  connection("");
  showBar(desk.talk);
  showPlan(desk.talk);
  drawer(false);
  history.replaceState(null, "", thread ? `#${encodeURIComponent(thread)}` : location.pathname);
  if (thread) desk.talk.follow();
  else $("text").focus();
  for (const one of $("threads").querySelectorAll(".thread")) one.removeAttribute("aria-current");
  listSoon();
}

export async function send(text) {
  const { talk } = desk;
  const first = talk.seen === "0" && $("log").childElementCount === 0;
  if (first) {
    talk.title = firstLine(text);
    showBar(talk);
    $("empty").hidden = true;
    history.replaceState(null, "", `#${encodeURIComponent(talk.thread)}`);
    talk.follow();
  }
  try {
    await talk.say(text);
    return true;
  } catch (error) {
    if (error.status !== 401) notice(talk, error.message);
    return false;
  }
}

export function close() {
  desk.talk?.close();
  desk.talk = null;
}

export function drawer(shown) {
  document.body.classList.toggle("drawer", shown);
  $("scrim").hidden = !shown;
  $("menu").setAttribute("aria-expanded", String(shown));
}
