// The recruiter's page: an AG-UI client without a framework.
// Everything that comes from the server is put in as text; markup is only ever built by node().

import { startAssistant } from "./assistant.js";
import { session } from "./client.js";
import { startComposer } from "./composer.js";
import { desk, drawer, open, send } from "./desk.js";
import { notice } from "./log.js";
import { $, showAim } from "./page.js";
import { startSearch } from "./search.js";
import { signIn, signInFromAddress, signOut } from "./sign_in.js";

const earlier = () => desk.talk?.earlier().catch((error) => notice(desk.talk, error.message));

/** What is chosen is said, in the same words as in a terminal; what was not heard is not shown as chosen. */
async function aim() {
  const { talk } = desk;
  const { value, text } = $("aim").selectedOptions[0];
  if (await send(text)) talk.aim = value;
  if (talk === desk.talk) showAim(talk);
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
  $("pause").addEventListener("click", () => send(desk.talk.status === "paused" ? "resume" : "pause"));
  $("stop").addEventListener("click", () => send("stop"));
  $("aim").addEventListener("change", aim);
  $("earlier").addEventListener("click", earlier);
  $("scroll").addEventListener("scroll", () => $("scroll").scrollTop < 80 && earlier());
  startComposer();
  startSearch();
  startAssistant();
  const narrow = matchMedia("(max-width: 1000px)");
  $("plan-details").open = !narrow.matches;
  narrow.addEventListener("change", () => ($("plan-details").open = !narrow.matches));
  addEventListener("keydown", (event) => event.key === "Escape" && drawer(false));
  addEventListener("hashchange", () => location.hash.startsWith("#code=") && signInFromAddress());
  signInFromAddress();
}

start();
