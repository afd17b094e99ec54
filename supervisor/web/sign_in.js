// Signing in: a link's code is exchanged once for a token, which stays in this tab and goes with it.

import { Refused, session } from "./client.js";
import { close, open, roleOf, showThreads } from "./desk.js";
import { $ } from "./page.js";

const TOKEN = "hiremesh.token";

export function signOut(problem = "") {
  close();
  session.token = "";
  sessionStorage.removeItem(TOKEN);
  $("desk").hidden = true;
  $("sign-in").hidden = false;
  $("sign-in-problem").textContent = problem;
  $("sign-in-problem").hidden = !problem;
  $("token").focus();
}

export async function signIn(given) {
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

/** Sign in with what the address brings, or with what this tab has kept. */
export async function signInFromAddress() {
  const code = codeFromAddress();
  const kept = sessionStorage.getItem(TOKEN);
  if (!code) return kept ? signIn(kept) : signOut();
  try {
    await signIn(await exchanged(code));
  } catch (error) {
    // Whoever opens the same link again in the tab that used it is signed in already.
    if (kept) await signIn(kept);
    else signOut(`${error.message} Each link works once, within 10 minutes. A new one: hiremesh sign-in`);
  }
}

/** Take the code out of the address, so that it is in no history, bookmark or screenshot. */
function codeFromAddress() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) history.replaceState(null, "", location.pathname);
  return code;
}

async function exchanged(code) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch("/chat/session", { method: "POST", headers, body: JSON.stringify({ code }), cache: "no-store" });
  const { token, error } = await answer.json().catch(() => ({}));
  if (token) return token;
  const said = error?.message ?? `The server answered ${answer.status}`;
  throw new Refused(answer.status, `${said[0].toUpperCase()}${said.slice(1)}.`);
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
