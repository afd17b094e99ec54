// Building markup. Everything that comes from the server is put in as text, never as markup.

export function node(tag, attributes = {}, ...children) {
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
export function prose(text) {
  return text.split(/\n{2,}/).flatMap((block) => {
    const parts = [];
    let list = null;
    for (const line of block.split("\n")) {
      const item = line.match(/^\s*[-*]\s+(.*)/);
      if (item) {
        if (!list) parts.push((list = node("ul")));
        list.append(itemOf(item[1]));
      } else if (line.trim()) {
        list = null;
        parts.push(node("p", {}, ...emphasised(line.replace(/^#+\s*/, ""))));
      }
    }
    return parts;
  });
}

/** An item that begins with a verdict's mark wears it instead of a bullet. */
function itemOf(text) {
  const [, mark, rest] = text.match(/^([✓◐✗?])\s+(.*)/) ?? [];
  if (!mark) return node("li", {}, ...emphasised(text));
  const kind = { "✓": "meets", "◐": "partial", "✗": "not_met", "?": "no_evidence" }[mark];
  return node("li", { class: "marked" }, node("span", { class: `mark ${kind}` }, mark), node("span", {}, ...emphasised(rest)));
}

function emphasised(line) {
  return line.split(/\*\*(.+?)\*\*/).map((part, index) => (index % 2 ? node("strong", {}, part) : part));
}
