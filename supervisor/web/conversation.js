// One conversation with the assistant, as an AG-UI client: follows its events and posts what the person says.

import { requirementsCard, shortlistCard } from "./cards.js";
import { call, newId, pause, Refused, serverSentEvents } from "./client.js";
import { notice, place, prepended, showEnd, showSaid, showText } from "./log.js";
import { $, connection, showBar, showPlan, working } from "./page.js";
import { marketCard } from "./market.js";
import { searchCard, settleSearches } from "./talent.js";
import { settleAnswered, showPast, showWaiting } from "./waiting.js";

const AGUI = "/agui";
const LONGEST_PAUSE_SECONDS = 15;

export class Conversation {
  /** @param changed called when the conversation's status has changed */
  constructor(thread, title = "New role", changed = () => {}) {
    this.thread = thread;
    this.title = title;
    this.changed = changed;
    this.status = null;
    this.kind = null; // of its goal
    this.aim = null; // how many people are wanted; null where nobody said
    this.seen = "0";
    this.steps = new Map(); // key → {title, unit, why, status, progress}
    this.shown = new Map(); // message id → node
    this.pending = new Map(); // interrupt id → interrupt
    this.kept = new Set(); // ids of turns and messages shown from what is kept: the live log may repeat them
    this.older = null; // where the page before the oldest one shown begins
    this.closed = new AbortController();
  }

  close() {
    this.closed.abort();
  }

  get isOpen() {
    return !this.closed.signal.aborted;
  }

  get question() {
    return [...this.pending.values()].find((one) => one.reason === "question");
  }

  async page(cursor) {
    const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
    return (await call(`${AGUI}/threads/${encodeURIComponent(this.thread)}/messages${query}`)).json();
  }

  /** Show the newest page of what is kept; what is newer than that comes over the live log. */
  async restore() {
    const page = await this.page();
    if (!this.isOpen) return;
    for (const event of page.events) this.takeBack(event);
    this.seen = String(page.position);
    this.showOlder(page.older);
    this.restored = true;
    showEnd();
    if (page.events.length) this.settled();
  }

  /** Show the page before, above what is shown; who reads stays where they are. */
  async earlier() {
    if (!this.older || this.loading) return;
    this.loading = true;
    try {
      const page = await this.page(this.older);
      if (!this.isOpen) return;
      prepended(this, () => page.events.forEach((event) => this.takeBack(event)));
      this.showOlder(page.older);
    } finally {
      this.loading = false;
    }
  }

  showOlder(cursor) {
    this.older = cursor;
    $("earlier").hidden = !cursor;
  }

  /** Take an event of the past: it is shown, and nothing is made of it. */
  takeBack(event) {
    switch (event.type) {
      case "RUN_STARTED":
        this.begin(event);
        break;
      case "TEXT_MESSAGE_CONTENT":
        if (!this.shown.has(event.messageId)) showText(this, event);
        this.kept.add(event.messageId);
        break;
      case "ACTIVITY_SNAPSHOT":
        // Of a card that was shown again with other content, the newest is on show already.
        if (!(this.into && this.shown.has(event.messageId))) this.takeActivity(event);
        break;
      case "RUN_FINISHED":
        for (const interrupt of event.outcome?.interrupts ?? []) showPast(this, interrupt);
        break;
      case "RUN_ERROR":
        notice(this, event.message);
        break;
    }
  }

  /** Show what was, then what comes, through lost connections, from the last event seen. */
  async follow() {
    if (this.following) return;
    this.following = true;
    let failures = 0;
    while (this.isOpen) {
      try {
        if (!this.restored) await this.restore();
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

  /** Say something. */
  async say(content) {
    this.awaited = true;
    await this.post({ messages: [{ id: newId("message"), role: "user", content }] });
  }

  /** Approve or deny. */
  async decide(interrupt, approved, text = "") {
    await this.resume(interrupt, { approved, text });
  }

  /** Answer what an agent asked. */
  async reply(interrupt, text) {
    await this.resume(interrupt, { text });
  }

  async resume(interrupt, payload) {
    await this.post({ messages: [], resume: [{ interruptId: interrupt.id, status: "resolved", payload }] });
  }

  /** Posting the same turn again after a lost connection changes nothing. */
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

  /** Ask what is still open: another device may have answered. */
  async refresh() {
    const state = await (await call(`${AGUI}/threads/${encodeURIComponent(this.thread)}`)).json();
    if (!this.isOpen) return;
    this.pending = new Map(state.interrupts.map((one) => [one.id, one]));
    this.kind = state.kind;
    this.aim = state.aim;
    this.setStatus(state.status);
    this.takeSteps(state.steps);
    settleAnswered(this.pending);
    for (const interrupt of this.pending.values()) showWaiting(this, interrupt);
  }

  setStatus(status) {
    const before = this.status;
    this.status = status;
    showBar(this);
    if (before !== status) this.changed();
  }

  take(event) {
    switch (event.type) {
      case "RUN_STARTED":
        this.setStatus("running");
        this.begin(event);
        break;
      case "TEXT_MESSAGE_START":
        this.beginText(event.messageId);
        break;
      case "TEXT_MESSAGE_CONTENT":
        if (!this.kept.has(event.messageId)) showText(this, event);
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
        notice(this, event.message);
        this.settled();
        break;
    }
  }

  /** Show what opened a turn, once: one that a pause has ended goes on under a longer name. */
  begin(event) {
    const [turn] = event.runId.split("~");
    if (!this.kept.has(turn)) showSaid(this, event);
    this.kept.add(turn);
  }

  /** A message that is told again after a crash takes the place of its first telling. */
  beginText(id) {
    const message = this.shown.get(id);
    if (message?.text && !this.kept.has(id)) message.text = "";
  }

  /** A turn ended: see where the run stands, once for a burst of turns that are replayed. */
  settled() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.awaited = false;
      // A conversation that never began a run has no state to ask for, and nothing goes on in it.
      this.refresh().catch((error) => error.status === 404 && this.setStatus(null));
    }, 60);
  }

  takePlan({ plan, status }) {
    const open = new Set(plan.steps.map((step) => step.key));
    for (const [key, step] of this.steps) {
      if (open.has(key) || step.status === "failed" || step.status === "denied") continue;
      if (step.status === "pending" || step.status === "ready") this.steps.delete(key); // it was never begun
      else step.status = "done";
    }
    this.setStatus(plan.complete ? "done" : status);
    this.takeSteps(plan.steps);
  }

  takeSteps(steps) {
    for (const { key, title, unit, why, status } of steps) {
      this.steps.set(key, { ...this.steps.get(key), title, unit, why, status });
    }
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
    } else if (activityType === "market") {
      place(this, messageId, marketCard(content, this));
    } else if (activityType === "search") {
      const held = !this.into && settleSearches();
      const card = searchCard(content, this);
      place(this, messageId, card);
      if (this.into) settleSearches(this.into);
      if (held) card.querySelector("textarea, button")?.focus({ preventScroll: true });
    }
  }
}
