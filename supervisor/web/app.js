// The recruiter's page: an AG-UI client without a framework.
// Everything that comes from the server is put in as text; markup is only ever built by node().

import { requirementsCard, shortlistCard } from "./cards.js";
import { call, newId, pause, Refused, serverSentEvents, session } from "./client.js";
import { node, prose } from "./nodes.js";

const STEPS = {
  pending: ["·", "later"],
  ready: ["·", "next"],
  awaiting_approval: ["?", "waits for your approval"],
  running: ["▸", "running"],
  done: ["✓", "done"],
  retrying: ["↻", "will be tried again"],
  failed: ["✗", "failed"],
  denied: ["✗", "denied"],
};
const STATUSES = {
  running: "Working",
  waiting: "Needs you",
  retrying: "Trying again",
  paused: "Paused",
  done: "Done",
  failed: "Stopped",
  cancelled: "Stopped",
};
const EXAMPLES = [
  "Senior data engineer in the United States, remote. Five years with Python and SQL, Spark is a plus.",
  "Registered nurse for an intensive care unit, three years of hospital experience, night shifts.",
  "Electrician with five years of experience in commercial buildings and a clean record of safety training.",
];
const AGUI = "/agui";
const TOKEN = "hiremesh.token";
const LONGEST_PAUSE_SECONDS = 15;

const $ = (id) => document.getElementById(id);
let talk = null; // the conversation on show

// ---- one conversation ----------------------------------------------------------------------------------

class Conversation {
  constructor(thread, title = "New role") {
    this.thread = thread;
    this.title = title;
    this.status = null;
    this.seen = "0";
    this.steps = new Map(); // key → {title, unit, why, status, progress}
    this.shown = new Map(); // message id → node
    this.pending = new Map(); // approval id → interrupt
    this.closed = new AbortController();
  }

  close() {
    this.closed.abort();
  }

  get isOpen() {
    return !this.closed.signal.aborted;
  }

  /** Show what was, then what comes, through lost connections, from the last event seen. */
  async follow() {
    let failures = 0;
    while (this.isOpen) {
      try {
        const answer = await call(`${AGUI}/threads/${encodeURIComponent(this.thread)}/events`, {
          headers: { "Last-Event-ID": this.seen },
          signal: this.closed.signal,
        });
        connection("");
        failures = 0;
        for await (const { id, data } of serverSentEvents(answer)) {
          if (Number(id) <= Number(this.seen)) continue;
          this.seen = id;
          this.take(JSON.parse(data));
        }
      } catch (error) {
        if (!this.isOpen || error.status === 401) return;
        failures += 1;
      }
      if (this.isOpen) {
        if (failures > 0) connection("Connection lost. The work goes on; reconnecting…");
        await pause(Math.min(2 ** failures / 2, LONGEST_PAUSE_SECONDS));
      }
    }
  }

  /** Say something. Posting the same turn again after a lost connection changes nothing. */
  async say(content) {
    this.awaited = true;
    await this.post({ messages: [{ id: newId("message"), role: "user", content }] });
  }

  async answer(interrupt, approved, reason = "") {
    const payload = { approved, reason };
    await this.post({ messages: [], resume: [{ interruptId: interrupt.id, status: "resolved", payload }] });
  }

  async post(said) {
    const body = JSON.stringify({ threadId: this.thread, runId: newId("turn"), ...said });
    for (let attempt = 0; ; attempt += 1) {
      try {
        const headers = { "Content-Type": "application/json" };
        const answer = await call(AGUI, { method: "POST", headers, body });
        await answer.body.cancel(); // what it shows comes over follow()
        connection("");
        return;
      } catch (error) {
        if (error instanceof Refused || attempt === 5) throw error;
        connection("Not sent yet; trying again…");
        await pause(2 ** attempt / 2);
      }
    }
  }

  /** Ask which approvals are still open: another device may have answered. */
  async refresh() {
    const state = await (await call(`${AGUI}/threads/${encodeURIComponent(this.thread)}`)).json();
    if (!this.isOpen) return;
    this.pending = new Map(state.interrupts.map((one) => [one.id, one]));
    this.setStatus(state.status);
    for (const card of $("log").querySelectorAll("[data-approval]")) {
      if (!this.pending.has(card.dataset.approval)) settle(card);
    }
    for (const interrupt of this.pending.values()) showApproval(this, interrupt);
  }

  setStatus(status) {
    if (this.status !== status) {
      clearTimeout(this.listing);
      this.listing = setTimeout(() => showThreads().catch(() => {}), 200);
    }
    this.status = status;
    showBar(this);
  }

  take(event) {
    switch (event.type) {
      case "RUN_STARTED":
        this.setStatus("running");
        showSaid(this, event);
        break;
      case "TEXT_MESSAGE_START":
        this.shown.set(event.messageId, { text: "" });
        break;
      case "TEXT_MESSAGE_CONTENT":
        showText(this, event);
        break;
      case "STATE_SNAPSHOT":
        this.takePlan(event.snapshot);
        break;
      case "STEP_STARTED":
        this.stepIs(event.stepName, "running");
        break;
      case "STEP_FINISHED":
        this.stepIs(event.stepName, "done"); // a step that failed says so in the next plan
        break;
      case "ACTIVITY_SNAPSHOT":
        this.takeActivity(event);
        break;
      case "RUN_FINISHED":
        working("");
        for (const interrupt of event.outcome?.interrupts ?? []) this.pending.set(interrupt.id, interrupt);
        this.settled();
        break;
      case "RUN_ERROR":
        working("");
        append(node("div", { class: "notice", role: "alert" }, node("p", {}, event.message)));
        this.settled();
        break;
    }
  }

  /** A turn ended: see where the run stands, once for a burst of turns that are replayed. */
  settled() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.awaited = false;
      this.refresh().catch(() => {});
    }, 60);
  }

  takePlan({ plan, status }) {
    const open = new Set(plan.steps.map((step) => step.key));
    for (const [key, step] of this.steps) {
      if (!open.has(key) && step.status !== "failed" && step.status !== "denied") step.status = "done";
    }
    for (const { key, title, unit, why, status: stands } of plan.steps) {
      this.steps.set(key, { ...this.steps.get(key), title, unit, why, status: stands });
    }
    this.setStatus(plan.complete ? "done" : status);
    showPlan(this);
  }

  stepIs(title, status) {
    for (const step of this.steps.values()) {
      if (step.title === title) Object.assign(step, { status, progress: null });
    }
    working(status === "running" ? `${title}…` : "");
    showPlan(this);
  }

  takeActivity({ messageId, activityType, content }) {
    if (activityType === "progress") {
      for (const step of this.steps.values()) if (step.title === content.step) step.progress = content;
      working(content.text);
      showPlan(this);
    } else if (activityType === "requirements") {
      place(this, messageId, requirementsCard(content));
    } else if (activityType === "shortlist") {
      place(this, messageId, shortlistCard(content));
    }
  }
}

// ---- what is on the page -------------------------------------------------------------------------------

/** Add something at the end; who is reading further up is left there, unless it answers them. */
function append(element) {
  const follows = atEnd() || talk?.awaited;
  $("empty").hidden = true;
  $("log").append(element);
  if (follows) reveal(element);
}

function atEnd() {
  const { scrollHeight, scrollTop, clientHeight } = $("scroll");
  return scrollHeight - scrollTop - clientHeight < 160;
}

function reveal(element) {
  const scroll = $("scroll");
  if (element.offsetHeight > scroll.clientHeight) element.scrollIntoView({ block: "start" });
  else scroll.scrollTop = scroll.scrollHeight;
}

/** Show an element once by its message id; shown again, it takes the place of the earlier one. */
function place(conversation, id, element) {
  const before = conversation.shown.get(id);
  conversation.shown.set(id, element);
  if (before instanceof Element) before.replaceWith(element);
  else append(element);
}

function showSaid(conversation, event) {
  const said = event.input;
  const text = said?.messages?.findLast((message) => message.role === "user")?.content;
  if (typeof text === "string" && text) {
    const long = text.length > 600;
    const body = node("div", { class: "mine-text" }, text);
    append(
      node(
        "div",
        { class: "mine" },
        node("span", { class: "hidden" }, "You: "),
        long ? node("details", {}, node("summary", {}, firstLine(text)), body) : body,
      ),
    );
  }
  for (const { payload } of said?.resume ?? []) {
    const because = payload?.reason ? `: ${payload.reason}` : ".";
    append(node("p", { class: "decision" }, `You ${payload?.approved === true ? "approved" : "denied"} this${because}`));
  }
}

const firstLine = (text) => text.split("\n").map((line) => line.replace(/^[#*>\s-]+/, "").trim()).find(Boolean) ?? "A posting";

function showText(conversation, { messageId, delta }) {
  if (/:requirements:|:shortlist:text$/.test(messageId)) return; // the card beside it says the same
  const message = conversation.shown.get(messageId) ?? { text: "" };
  message.text += delta;
  if (!message.element) {
    message.element = node("div", { class: "theirs" });
    append(message.element);
  }
  message.element.replaceChildren(...prose(message.text));
  conversation.shown.set(messageId, message);
}

function working(text) {
  const follows = Boolean(text) && atEnd();
  $("working").hidden = !text;
  $("working").textContent = text;
  if (follows) $("scroll").scrollTop = $("scroll").scrollHeight;
}

function connection(text) {
  $("connection").hidden = !text;
  $("connection").textContent = text;
}

function showBar({ title, status }) {
  $("title").textContent = title;
  document.title = status === "waiting" ? `● ${title}` : `${title} · Hiremesh`;
  $("status").hidden = !status;
  $("status").textContent = STATUSES[status] ?? "";
  $("status").className = `chip ${status ?? ""}`;
  const open = ["running", "waiting", "retrying", "paused"].includes(status);
  $("explain").hidden = !status;
  $("pause").hidden = !open || status === "waiting";
  $("pause").textContent = status === "paused" ? "Resume" : "Pause";
  $("stop").hidden = !open;
  $("text").placeholder = open ? "Ask, or say what to change…" : "Describe a role…";
}

function showPlan({ steps }) {
  const all = [...steps.values()];
  $("plan").hidden = all.length === 0;
  $("plan-count").textContent = `${all.filter((step) => step.status === "done").length} of ${all.length}`;
  $("steps").replaceChildren(
    ...all.map(({ title, unit, why, status, progress }) => {
      const [mark, words] = STEPS[status] ?? STEPS.pending;
      const counted = status === "running" && progress?.total > 0;
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
          why && ["pending", "ready", "awaiting_approval"].includes(status)
            ? node("span", { class: "muted why" }, `because ${why}`)
            : null,
        ),
      );
    }),
  );
}

function showApproval(conversation, interrupt) {
  const id = CSS.escape(interrupt.id);
  if ($("log").querySelector(`[data-approval="${id}"]`)) return;
  const [question, ...rest] = interrupt.message.split("\n\n");
  const reason = node("textarea", { rows: 3, hidden: true });
  const send = node("button", { class: "button primary", type: "button", hidden: true });
  const problem = node("p", { class: "problem", role: "alert", hidden: true });
  const label = node("p", { class: "asked", hidden: true });
  const attempt = async (act) => {
    const buttons = card.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      await act();
      settle(card);
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      for (const button of buttons) button.disabled = false;
    }
  };
  const write = (words, done, needed, act) => {
    label.textContent = words;
    reason.setAttribute("aria-label", words);
    reason.placeholder = needed ? "One change a line, such as: make dbt a must-have" : "";
    send.textContent = done;
    send.onclick = () => (needed && !reason.value.trim() ? reason.focus() : attempt(() => act(reason.value.trim())));
    for (const one of [label, reason, send]) one.hidden = false;
    reason.focus();
  };
  const button = (kind, words, act) => node("button", { class: `button ${kind}`, type: "button", onclick: act }, words);
  const card = node(
    "section",
    { class: "card approval", "data-approval": interrupt.id, "aria-label": "Approval" },
    node("p", { class: "eyebrow" }, "Your decision"),
    node("h3", {}, question),
    node("p", { class: "muted" }, "Nothing further happens until you decide. What you approve is exactly what runs."),
    rest.length ? node("details", {}, node("summary", {}, "What exactly?"), prose(rest.join("\n\n"))) : null,
    node(
      "p",
      { class: "actions" },
      button("primary", "Approve", () => attempt(() => conversation.answer(interrupt, true))),
      button("", "Change…", () =>
        write("What should be different?", "Send the change", true, (text) => conversation.say(asChange(text))),
      ),
      button("danger", "Deny…", () => write("Why? (optional)", "Deny", false, (text) => conversation.answer(interrupt, false, text))),
    ),
    label,
    reason,
    send,
    problem,
  );
  append(card);
}

/** A change that opens like a yes, a no or a stop would be taken for the decision itself. */
const asChange = (text) =>
  /^\s*(y|n|ok|go|looks|lgtm|do|confirm|approv|den|reject|refus|stop|cancel|abort|pause|hold|wait|resume|cont|carry|why|what|how|where|status|expl)/i.test(text)
    ? `Please ${text}`
    : text;

function settle(card) {
  card.classList.add("settled");
  card.querySelector(".eyebrow").textContent = "Decided";
  for (const one of card.querySelectorAll("button, textarea, .asked, .muted, .problem")) one.remove();
}

// ---- the desk ------------------------------------------------------------------------------------------

async function showThreads() {
  const { threads } = await (await call(`${AGUI}/threads`)).json();
  const newest = new Map();
  for (const one of threads) if (!newest.has(one.thread)) newest.set(one.thread, one);
  $("threads").replaceChildren(
    ...[...newest.values()].map((one) =>
      node(
        "li",
        {},
        node(
          "button",
          { type: "button", class: "thread", "aria-current": one.thread === talk?.thread ? "true" : null, onclick: () => open(one.thread, roleOf(one.goal)) },
          node("span", { class: "thread-title" }, roleOf(one.goal)),
          node("span", { class: `thread-status ${one.status}` }, STATUSES[one.status] ?? ""),
        ),
      ),
    ),
  );
  const current = newest.get(talk?.thread);
  if (current && talk.title !== roleOf(current.goal)) {
    talk.title = roleOf(current.goal);
    showBar(talk);
  }
  return [...newest.values()];
}

const roleOf = (goal) => (goal ?? "New role").replace(/^(Shortlist for|Requirements of):\s*/, "");

function open(thread, title) {
  talk?.close();
  talk = new Conversation(thread ?? newId("thread"), title);
  $("log").replaceChildren();
  $("empty").hidden = Boolean(thread);
  working("");
  connection("");
  showBar(talk);
  showPlan(talk);
  drawer(false);
  history.replaceState(null, "", thread ? `#${encodeURIComponent(thread)}` : location.pathname);
  if (thread) talk.follow();
  else $("text").focus();
  for (const one of $("threads").querySelectorAll(".thread")) one.removeAttribute("aria-current");
  showThreads().catch(() => {});
}

async function send(text) {
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
    if (error.status !== 401) append(node("div", { class: "notice", role: "alert" }, node("p", {}, error.message)));
    return false;
  }
}

function drawer(shown) {
  document.body.classList.toggle("drawer", shown);
  $("scrim").hidden = !shown;
  $("menu").setAttribute("aria-expanded", String(shown));
}

function grow() {
  const box = $("text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, innerHeight * 0.4)}px`;
}

// ---- signing in ----------------------------------------------------------------------------------------

function signOut(problem = "") {
  talk?.close();
  talk = null;
  session.token = "";
  sessionStorage.removeItem(TOKEN);
  $("desk").hidden = true;
  $("sign-in").hidden = false;
  $("sign-in-problem").textContent = problem;
  $("sign-in-problem").hidden = !problem;
  $("token").focus();
}

async function signIn(given) {
  session.token = given.trim();
  const threads = await showThreads().catch((error) => {
    signOut(error.message);
    return null;
  });
  if (!threads) return;
  sessionStorage.setItem(TOKEN, session.token);
  $("token").value = "";
  $("sign-in").hidden = true;
  $("desk").hidden = false;
  $("who").textContent = personOf(session.token);
  const wanted = decodeURIComponent(location.hash.slice(1));
  const known = threads.find((one) => one.thread === wanted);
  open(known?.thread, roleOf(known?.goal));
}

/** Who the token says it is for, only to be shown: the server is what checks it. */
function personOf(jwt) {
  try {
    const claims = JSON.parse(atob(jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
    return `${claims.sub.replace(/^person:/, "")} · ${claims.tenant ?? ""}`;
  } catch {
    return "";
  }
}

/** Take a token out of the address, so that it is in no history, bookmark or screenshot. */
function tokenFromLink() {
  const linked = new URLSearchParams(location.hash.slice(1)).get("token");
  if (linked) history.replaceState(null, "", location.pathname);
  return linked ?? sessionStorage.getItem(TOKEN);
}

function start() {
  session.expired = signOut;
  $("sign-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    signIn($("token").value);
  });
  $("sign-out").addEventListener("click", () => signOut());
  $("new").addEventListener("click", () => open());
  $("menu").addEventListener("click", () => drawer(!document.body.classList.contains("drawer")));
  $("scrim").addEventListener("click", () => drawer(false));
  $("explain").addEventListener("click", () => send("What are you doing, and why?"));
  $("pause").addEventListener("click", () => send(talk.status === "paused" ? "resume" : "pause"));
  $("stop").addEventListener("click", () => send("stop"));
  $("text").addEventListener("input", grow);
  $("text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $("composer").requestSubmit();
  });
  $("composer").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $("text").value.trim();
    if (!text) return;
    $("send").disabled = true;
    if (await send(text)) $("text").value = "";
    $("send").disabled = false;
    grow();
  });
  $("file").addEventListener("change", async () => {
    const [file] = $("file").files;
    if (file) $("text").value = await file.text();
    $("file").value = "";
    grow();
    $("text").focus();
  });
  $("examples").append(
    ...EXAMPLES.map((example) =>
      node("li", {}, node("button", { type: "button", class: "example", onclick: () => { $("text").value = example; grow(); $("text").focus(); } }, example)),
    ),
  );
  const narrow = matchMedia("(max-width: 1000px)");
  $("plan-details").open = !narrow.matches;
  narrow.addEventListener("change", () => ($("plan-details").open = !narrow.matches));
  addEventListener("keydown", (event) => event.key === "Escape" && drawer(false));
  addEventListener("resize", grow);
  addEventListener("hashchange", () => {
    const linked = tokenFromLink();
    if (linked && linked !== session.token) signIn(linked);
  });
  const known = tokenFromLink();
  if (known) signIn(known);
  else signOut();
}

start();
