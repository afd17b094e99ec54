// The conversation's log: what was said on both sides, cards and notices, each put in as text.

import { node, prose } from "./nodes.js";
import { $, atEnd } from "./page.js";

const LONG = 600; // characters from which what a person said is folded

/** Add something at the end; who is reading further up is left there, unless it answers them. */
export function append(conversation, element) {
  if (conversation?.into) return conversation.into.append(element);
  const follows = atEnd() || conversation?.awaited;
  $("empty").hidden = true;
  $("log").append(element);
  if (follows) reveal(element);
}

/** Show above the rest what is appended meanwhile; who reads stays where they are. */
export function prepended(conversation, show) {
  const scroll = $("scroll");
  const below = scroll.scrollHeight - scroll.scrollTop;
  conversation.into = document.createDocumentFragment();
  try {
    show();
    $("log").prepend(conversation.into);
  } finally {
    conversation.into = null;
  }
  scroll.scrollTop = scroll.scrollHeight - below;
}

/** Go to the end, or to the beginning of a shortlist that ends there. */
export function showEnd() {
  const list = [...$("log").children].slice(-3).find((one) => one.matches(".shortlist, .talent"));
  if (list) list.scrollIntoView({ block: "start" });
  else $("scroll").scrollTop = $("scroll").scrollHeight;
}

function reveal(element) {
  const scroll = $("scroll");
  if (element.offsetHeight > scroll.clientHeight) element.scrollIntoView({ block: "start" });
  else scroll.scrollTop = scroll.scrollHeight;
}

/** Show an element once by its message id; shown again, it takes the place of the earlier one. */
export function place(conversation, id, element) {
  const before = conversation.shown.get(id);
  conversation.shown.set(id, element);
  if (before instanceof Element) before.replaceWith(element);
  else append(conversation, element);
}

export function notice(conversation, text) {
  append(conversation, node("div", { class: "notice", role: "alert" }, node("p", {}, text)));
}

/** Show what a person said, or answered to what they were asked. */
export function showSaid(conversation, { input }) {
  const text = input?.messages?.findLast((message) => message.role === "user")?.content;
  if (typeof text === "string" && text) append(conversation, bubble(text));
  for (const { interruptId, payload } of input?.resume ?? []) {
    if (interruptId?.startsWith("ask_")) append(conversation, bubble(payload?.text ?? "answered"));
    else append(conversation, decision(payload));
  }
}

function bubble(text) {
  const body = node("div", { class: "mine-text" }, text);
  const folded = node("details", {}, node("summary", {}, firstLine(text)), body);
  const shown = text.length > LONG ? folded : body;
  return node("div", { class: "mine" }, node("span", { class: "hidden" }, "You: "), shown);
}

function decision(payload) {
  const reason = payload?.text || payload?.reason;
  const verb = payload?.approved === true ? "approved" : "denied";
  return node("p", { class: "decision" }, `You ${verb} this${reason ? `: ${reason}` : "."}`);
}

/** Add to a message of the assistant's; a card beside it may say the same. */
export function showText(conversation, { messageId, delta }) {
  if (/:(requirements|shortlist|search|market):/.test(messageId)) return;
  const message = conversation.shown.get(messageId) ?? { text: "" };
  message.text += delta;
  const shown = message.element;
  message.element ??= node("div", { class: "theirs" });
  message.element.replaceChildren(...prose(message.text));
  if (!shown) append(conversation, message.element);
  conversation.shown.set(messageId, message);
}

export const firstLine = (text) =>
  text.split("\n").map((line) => line.replace(/^[#*>\s-]+/, "").trim()).find(Boolean) ?? "A posting";
