// What waits for the person: approvals to give or deny, and questions of an agent in the middle of its work.

import { append } from "./log.js";
import { node, prose } from "./nodes.js";
import { $ } from "./page.js";

/** Show an approval or a question, once. */
export function showWaiting(conversation, interrupt) {
  if ($("log").querySelector(`[data-waits="${CSS.escape(interrupt.id)}"]`)) return;
  $("log").querySelector(`[data-past="${CSS.escape(interrupt.id)}"]`)?.remove();
  if (interrupt.reason === "question") showQuestion(conversation, interrupt);
  else showApproval(conversation, interrupt);
}

/** Show an approval that was asked for before; one that still waits is shown anew, with its buttons. */
export function showPast(conversation, interrupt) {
  if (interrupt.reason === "question") return; // its words are in the conversation
  const [question, ...rest] = interrupt.message.split("\n\n");
  const card = node(
    "section",
    { class: "card approval settled", "data-past": interrupt.id, "aria-label": "Approval" },
    node("p", { class: "eyebrow" }, "Decided"),
    node("h3", {}, question),
    rest.length ? node("details", {}, node("summary", {}, "What exactly?"), prose(rest.join("\n\n"))) : null,
  );
  append(conversation, card);
}

/** Close the cards of what another device, or a word in the chat, has answered meanwhile. */
export function settleAnswered(pending) {
  for (const card of $("log").querySelectorAll("[data-waits]")) if (!pending.has(card.dataset.waits)) settle(card);
}

function settle(card) {
  if (card.classList.contains("settled")) return;
  card.classList.add("settled");
  card.querySelector(".eyebrow").textContent = card.dataset.settled;
  for (const one of card.querySelectorAll("button, textarea, .asked, .muted, .problem")) one.remove();
}

const button = (kind, words, act) => node("button", { class: `button ${kind}`, type: "button", onclick: act }, words);

/** Return what runs an action of a card once: its buttons rest meanwhile, and a failure is shown in place. */
function attempting(card, problem) {
  return async (act) => {
    const buttons = card.querySelectorAll("button");
    for (const one of buttons) one.disabled = true;
    try {
      await act();
      settle(card);
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      for (const one of buttons) one.disabled = false;
    }
  };
}

function showQuestion(conversation, interrupt) {
  const problem = node("p", { class: "problem", role: "alert", hidden: true });
  const { options } = interrupt.metadata?.data ?? {};
  const choices = Array.isArray(options) ? options.filter((one) => typeof one === "string") : [];
  const card = node(
    "section",
    { class: "card asking", "data-waits": interrupt.id, "data-settled": "Answered", "aria-label": "Question" },
    node("p", { class: "eyebrow" }, "A question for you"),
    node("h3", {}, interrupt.message),
    node("p", { class: "muted" }, `${interrupt.metadata?.step ?? "The work"} goes on with your answer. Write it below${choices.length ? ", or choose:" : "."}`),
  );
  const attempt = attempting(card, problem);
  const answers = choices.map((one) => button("", one, () => attempt(() => conversation.reply(interrupt, one))));
  if (answers.length) card.append(node("p", { class: "actions" }, answers));
  card.append(problem);
  const told = conversation.shown.get(`${interrupt.id}:asked`)?.element;
  if (told?.isConnected) told.replaceWith(card);
  else append(conversation, card);
  card.scrollIntoView({ block: "nearest" });
}

function showApproval(conversation, interrupt) {
  const [question, ...rest] = interrupt.message.split("\n\n");
  const reason = node("textarea", { rows: 3, hidden: true });
  const send = node("button", { class: "button primary", type: "button", hidden: true });
  const problem = node("p", { class: "problem", role: "alert", hidden: true });
  const label = node("p", { class: "asked", hidden: true });
  const write = (words, done, needed, act) => {
    label.textContent = words;
    reason.setAttribute("aria-label", words);
    reason.placeholder = needed ? "One change a line, such as: make dbt a must-have" : "";
    send.textContent = done;
    send.onclick = () => (needed && !reason.value.trim() ? reason.focus() : attempt(() => act(reason.value.trim())));
    for (const one of [label, reason, send]) one.hidden = false;
    reason.focus();
  };
  const card = node(
    "section",
    { class: "card approval", "data-waits": interrupt.id, "data-settled": "Decided", "aria-label": "Approval" },
    node("p", { class: "eyebrow" }, "Your decision"),
    node("h3", {}, question),
    node("p", { class: "muted" }, "Nothing further happens until you decide. What you approve is exactly what runs."),
    rest.length ? node("details", {}, node("summary", {}, "What exactly?"), prose(rest.join("\n\n"))) : null,
    node(
      "p",
      { class: "actions" },
      button("primary", "Approve", () => attempt(() => conversation.decide(interrupt, true))),
      button("", "Change…", () =>
        write("What should be different?", "Send the change", true, (text) => conversation.say(asChange(text))),
      ),
      button("danger", "Deny…", () => write("Why? (optional)", "Deny", false, (text) => conversation.decide(interrupt, false, text))),
    ),
    label,
    reason,
    send,
    problem,
  );
  const attempt = attempting(card, problem);
  append(conversation, card);
}

/** A change that opens like a yes, a no, a stop or a question would be taken for that. */
const asChange = (text) =>
  /^\s*(y|n|ok|go|looks|lgtm|do|confirm|approv|den|reject|refus|stop|cancel|abort|pause|hold|wait|resume|cont|carry|why|what|how|where|who|which|is|are|can|tell|show|give|more|status|expl)/i.test(text)
    ? `Please ${text}`
    : text;
