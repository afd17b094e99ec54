// The message box: writing, sending, and attaching a posting, which the server reads.

import { call } from "./client.js";
import { send } from "./desk.js";
import { node } from "./nodes.js";
import { $ } from "./page.js";

const EXAMPLES = [
  "Senior data engineer in the United States, remote. Five years with Python and SQL, Spark is a plus.",
  "Registered nurse for an intensive care unit, three years of hospital experience, night shifts.",
  "Electrician with five years of experience in commercial buildings and a clean record of safety training.",
];

export function startComposer() {
  $("text").addEventListener("input", grow);
  $("text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    $("composer").requestSubmit();
  });
  $("composer").addEventListener("submit", submit);
  $("file").addEventListener("change", async () => {
    const [file] = $("file").files;
    if (file) await attach(file);
    $("file").value = "";
  });
  $("desk").addEventListener("dragover", (event) => event.preventDefault());
  $("desk").addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) attach(file);
  });
  $("examples").append(...EXAMPLES.map(exampleRow));
  addEventListener("resize", grow);
}

async function submit(event) {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("send").disabled = true;
  if (await send(text)) write("");
  $("send").disabled = false;
  tell("");
}

/** Have the server read a file, and put its text into the message box to be looked at before it is sent. */
async function attach(file) {
  tell(`Reading ${file.name}…`);
  try {
    const answer = await call(`/agui/documents?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    const { name, text, pages, hidden } = await answer.json();
    const left = hidden ? ` ${hidden} invisible passages were left out.` : "";
    write(text);
    tell(`This is the text of ${name}${pages > 1 ? `, ${pages} pages` : ""}.${left} Send it, or change it first.`);
    $("text").focus();
  } catch (error) {
    tell(error.message, true);
  }
}

function tell(text, problem = false) {
  $("attached").hidden = !text;
  $("attached").textContent = text;
  $("attached").className = `attached ${problem ? "problem" : "muted"}`;
}

function exampleRow(example) {
  const choose = () => {
    write(example);
    $("text").focus();
  };
  return node("li", {}, node("button", { type: "button", class: "example", onclick: choose }, example));
}

function write(text) {
  $("text").value = text;
  grow();
}

function grow() {
  const box = $("text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, innerHeight * 0.4)}px`;
}
