// Talking to the server: calls with the bearer token, and server-sent events over fetch.

/** The token in use, and what to do when the server no longer takes it. */
export const session = { token: "", expired: () => {} };

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function call(path, options = {}) {
  const headers = { Authorization: `Bearer ${session.token}`, ...options.headers };
  const answer = await fetch(path, { ...options, headers, cache: "no-store" });
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => ({}));
  const { message = `The server answered ${answer.status}.`, fix = "" } = body.error ?? {};
  if (answer.status === 401) session.expired(`${message} Please sign in again.`);
  throw new Refused(answer.status, `${message} ${fix ?? ""}`.trim());
}

/** Yields {id, data} of each server-sent event (the HTML standard's rules for lines, ids and data). */
export async function* serverSentEvents(answer) {
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

export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
export const newId = (kind) => `${kind}_${crypto.randomUUID().replaceAll("-", "")}`;
