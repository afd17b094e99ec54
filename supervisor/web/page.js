// The fixed parts of the page: the bar, the plan, and the lines that say what goes on.

import { node } from "./nodes.js";

export const $ = (id) => document.getElementById(id);

const STEPS = {
  pending: ["·", "later"],
  ready: ["·", "next"],
  awaiting_approval: ["?", "waits for your approval"],
  awaiting_answer: ["?", "waits for your answer"],
  running: ["▸", "running"],
  done: ["✓", "done"],
  retrying: ["↻", "will be tried again"],
  failed: ["✗", "failed"],
  denied: ["✗", "denied"],
};
export const STATUSES = {
  running: "Working",
  waiting: "Needs you",
  retrying: "Trying again",
  paused: "Paused",
  done: "Done",
  failed: "Stopped",
  cancelled: "Stopped",
};
const OPEN = ["running", "waiting", "retrying", "paused"];

export function atEnd() {
  const { scrollHeight, scrollTop, clientHeight } = $("scroll");
  return scrollHeight - scrollTop - clientHeight < 160;
}

export function working(text) {
  const follows = Boolean(text) && atEnd();
  $("working").hidden = !text;
  $("working").textContent = text;
  if (follows) $("scroll").scrollTop = $("scroll").scrollHeight;
}

export function connection(text) {
  $("connection").hidden = !text;
  $("connection").textContent = text;
}

export function showBar(conversation) {
  const { title, status, kind, question } = conversation;
  $("title").textContent = title;
  document.title = status === "waiting" ? `● ${title}` : `${title} · Hiremesh`;
  $("status").hidden = !status;
  $("status").textContent = STATUSES[status] ?? "";
  $("status").className = `chip ${status ?? ""}`;
  const open = OPEN.includes(status);
  $("explain").hidden = !status;
  $("pause").hidden = !open || status === "waiting";
  $("pause").textContent = status === "paused" ? "Resume" : "Pause";
  $("stop").hidden = !open;
  $("text").placeholder = placeholder(status, open, kind, question);
  showAim(conversation);
}

/** How many people are wanted can be chosen while a shortlist is worked on; a question is answered first. */
export function showAim({ status, kind, question, aim }) {
  $("aiming").hidden = !OPEN.includes(status) || kind !== "shortlist" || Boolean(question);
  $("aim").value = aim ?? "balanced";
}

function placeholder(status, open, kind, question) {
  if (question) return "Answer the question, or ask why…";
  if (open) return "Ask, or say what to change…";
  if (kind === "search") return "Only …, or …, drop …";
  return status === "done" ? "Ask why candidate 3 is a match…" : "Describe a role…";
}

export function showPlan({ steps }) {
  const all = [...steps.values()];
  $("plan").hidden = all.length === 0;
  $("plan-count").textContent = `${all.filter((step) => step.status === "done").length} of ${all.length}`;
  $("steps").replaceChildren(...all.map(stepRow));
}

function stepRow({ title, unit, why, status, progress }) {
  const [mark, words] = STEPS[status] ?? STEPS.pending;
  const counted = status === "running" && progress?.total > 0;
  const ahead = ["pending", "ready", "awaiting_approval", "awaiting_answer"].includes(status);
  return node(
    "li",
    { class: `step ${status}`, "aria-current": status === "running" ? "step" : null },
    node("span", { class: "step-mark", "aria-hidden": "true" }, mark),
    node(
      "span",
      { class: "step-body" },
      node("span", { class: "step-title" }, title),
      node("span", { class: "muted" }, `${unit.replaceAll("_", " ")} · ${words}`),
      status === "running" && progress ? node("span", { class: "muted" }, progress.text) : null,
      counted ? node("progress", { max: progress.total, value: progress.done ?? 0, "aria-label": title }) : null,
      why && ahead ? node("span", { class: "muted why" }, `because ${why}`) : null,
    ),
  );
}
