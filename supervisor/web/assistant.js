// The assistant itself: whether it is paused, until when, and the button that changes that.

import { call } from "./client.js";
import { $ } from "./page.js";

const WORDS = { idle: "Assistant: ready", working: "Assistant: at work", retiring: "Assistant: ends", retired: "Assistant: ended" };
const REASON = "as you asked";

export function startAssistant() {
  $("assistant-pause").addEventListener("click", toggle);
}

/** Show how the assistant is; before the first message there is none. */
export async function showAssistant() {
  try {
    show(await (await call("/agents/me")).json());
  } catch (error) {
    if (error.status !== 404) throw error;
    $("assistant").hidden = true;
  }
}

async function toggle() {
  const paused = $("assistant").dataset.state === "paused";
  $("assistant-pause").disabled = true;
  try {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify(paused ? {} : { reason: REASON });
    show(await (await call(`/agents/me/${paused ? "resume" : "pause"}`, { method: "POST", headers, body })).json());
  } catch (error) {
    $("assistant-state").textContent = error.message;
  } finally {
    $("assistant-pause").disabled = false;
  }
}

function show({ state, mailbox, paused_until: until }) {
  const reason = mailbox.reason && mailbox.reason !== REASON ? ` (${mailbox.reason})` : "";
  const then = until ? ` until ${new Date(until).toLocaleString()}` : "";
  $("assistant").hidden = false;
  $("assistant").dataset.state = state;
  $("assistant-state").textContent = state === "paused" ? `Assistant: paused${reason}${then}` : WORDS[state];
  $("assistant-pause").hidden = state.startsWith("reti");
  $("assistant-pause").textContent = state === "paused" ? "Resume all" : "Pause all";
}
