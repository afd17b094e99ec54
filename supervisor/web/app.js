// The recruiter's page: an AG-UI client without a framework.
// Everything that comes from the server is put in as text; markup is only ever built here, by node().

const MARKS = { meets: "✓", partial: "◐", not_met: "✗", no_evidence: "?" };
const VERDICTS = { meets: "meets", partial: "partly", not_met: "does not meet", no_evidence: "no evidence" };
const MATCHES = {
  strong_match: "Strong match",
  good_match: "Good match",
  possible_match: "Possible match",
  needs_a_look: "Needs a look",
  not_a_match: "Not a match",
};
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
let token = "";
let talk = null; // the conversation on show

// ---- nodes ---------------------------------------------------------------------------------------------

function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** Bold words, lists and paragraphs: what the assistant writes. Returns nodes. */
function prose(text) {
  return text.split(/\n{2,}/).flatMap((block) => {
    const parts = [];
    let list = null;
    for (const line of block.split("\n")) {
      const item = line.match(/^\s*[-*]\s+(.*)/);
      if (item) {
        if (!list) parts.push((list = node("ul")));
        list.append(node("li", {}, ...emphasised(item[1])));
      } else if (line.trim()) {
        list = null;
        parts.push(node("p", {}, ...emphasised(line.replace(/^#+\s*/, ""))));
      }
    }
    return parts;
  });
}

function emphasised(line) {
  return line.split(/\*\*(.+?)\*\*/).map((part, index) => (index % 2 ? node("strong", {}, part) : part));
}

// ---- talking to the server -----------------------------------------------------------------------------

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(path, options = {}) {
  const headers = { Authorization: `Bearer ${token}`, ...options.headers };
  const answer = await fetch(path, { ...options, headers, cache: "no-store" });
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => ({}));
  const { message = `The server answered ${answer.status}.`, fix = "" } = body.error ?? {};
  if (answer.status === 401) signOut(`${message} Please sign in again.`);
  throw new Refused(answer.status, `${message} ${fix ?? ""}`.trim());
}

/** Yields {id, data} of each server-sent event (the HTML standard's rules for lines, ids and data). */
async function* serverSentEvents(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let id = "";
  let data = [];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (data.length) yield { id, data: data.join("\n") };
        data = [];
      } else if (line.startsWith("id:")) id = line.slice(3).trim();
      else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    }
  }
}

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const newId = (kind) => `${kind}_${crypto.randomUUID().replaceAll("-", "")}`;

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
        return;
      } catch (error) {
        if (error instanceof Refused || attempt === 5) throw error;
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
      this.refresh().catch(() => {});
      showThreads().catch(() => {});
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

function append(element) {
  const scroll = $("scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 160;
  $("empty").hidden = true;
  $("log").append(element);
  if (atEnd) reveal(element);
}

function reveal(element) {
  const tall = element.offsetHeight > $("scroll").clientHeight;
  element.scrollIntoView({ block: tall ? "start" : "end" });
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
  $("working").hidden = !text;
  $("working").textContent = text;
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
  $("text").placeholder = open ? "Ask, or say what to change…" : "Paste a posting, or describe the role…";
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

function requirementsCard(role) {
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
  );
}

function showApproval(conversation, interrupt) {
  const id = CSS.escape(interrupt.id);
  if ($("log").querySelector(`[data-approval="${id}"]`)) return;
  const [question, ...rest] = interrupt.message.split("\n\n");
  const reason = node("textarea", { rows: 2, hidden: true });
  const send = node("button", { class: "button primary", type: "button", hidden: true });
  const problem = node("p", { class: "problem", role: "alert", hidden: true });
  const label = node("label", { hidden: true });
  const attempt = async (act) => {
    const buttons = card.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      await act();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      for (const button of buttons) button.disabled = false;
    }
  };
  const write = (words, done, act) => {
    label.textContent = words;
    send.textContent = done;
    send.onclick = () => attempt(() => act(reason.value.trim()));
    for (const one of [label, reason, send]) one.hidden = false;
    reason.focus();
  };
  label.append(reason);
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
        write("What should be different?", "Send the change", (text) => (text ? conversation.say(asChange(text)) : reason.focus())),
      ),
      button("danger", "Deny…", () => write("Why? (optional)", "Deny", (text) => conversation.answer(interrupt, false, text))),
    ),
    label,
    reason,
    send,
    problem,
  );
  append(card);
}

/** Words that open like a yes or a no would be taken for the decision itself. */
const asChange = (text) => (/^(add|make|change|drop|remove|set)\b/i.test(text) ? text : `Change: ${text}`);

function settle(card) {
  card.classList.add("settled");
  card.querySelector(".eyebrow").textContent = "Decided";
  for (const one of card.querySelectorAll("button, textarea, label, .muted, .problem")) one.remove();
}

function shortlistCard(list) {
  const enough = list.found >= list.wanted;
  const head = enough
    ? `The best ${list.candidates.length} of ${list.found} good matches`
    : `${list.found} good matches for ${list.wanted} places`;
  const also = [
    `${list.evaluated} judged by ${list.engine}`,
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
  token = "";
  sessionStorage.removeItem(TOKEN);
  $("desk").hidden = true;
  $("sign-in").hidden = false;
  $("sign-in-problem").textContent = problem;
  $("sign-in-problem").hidden = !problem;
  $("token").focus();
}

async function signIn(given) {
  token = given.trim();
  const threads = await showThreads().catch((error) => {
    signOut(error.message);
    return null;
  });
  if (!threads) return;
  sessionStorage.setItem(TOKEN, token);
  $("token").value = "";
  $("sign-in").hidden = true;
  $("desk").hidden = false;
  $("who").textContent = personOf(token);
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
  if (matchMedia("(max-width: 1000px)").matches) $("plan-details").open = false;
  addEventListener("keydown", (event) => event.key === "Escape" && drawer(false));
  addEventListener("hashchange", () => {
    const linked = tokenFromLink();
    if (linked && linked !== token) signIn(linked);
  });
  const known = tokenFromLink();
  if (known) signIn(known);
  else signOut();
}

start();
