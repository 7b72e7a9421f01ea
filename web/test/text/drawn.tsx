// What a component draws, as text that a table can hold: elements with what is in them.
import type { ComponentChild } from "preact";
import { render } from "preact";
import { act } from "preact/test-utils";

/** Draws into an element of the page, which the next drawing replaces. */
export function drawn(what: ComponentChild): HTMLElement {
  document.body.replaceChildren();
  const root = document.createElement("div");
  document.body.append(root);
  void act(() => render(what, root));
  return root;
}

/** The elements below a node, without those that only say where a text stands: `p(one strong(two))`. */
export function shape(node: Node): string {
  return [...node.childNodes].map(one).join("");
}

function one(node: Node): string {
  if (!(node instanceof HTMLElement)) return node.textContent ?? "";
  const inside = shape(node);
  const name = node.localName;
  const kind = node.className.split(" ")[0] ?? "";
  if (name === "span" && kind === "") return inside;
  if (kind === "text") return inside;
  const label = name === "span" || name === "button" || name === "div" || name === "p" ? kind || name : name;
  return `${label}(${inside})`;
}

const ELEMENTS = new Set(
  "div p span mark em strong del ins code pre blockquote ul ol li table thead tbody tr th td hr button dl dt dd dialog footer header section details summary article aside h2 h3".split(" "),
);
const ATTRIBUTES = new Set(
  "class dir data-at data-current data-unseen title type tabindex role aria-label aria-expanded aria-current value open aria-pressed style aria-selected aria-level aria-checked".split(" "),
);

/** What of a drawing is not on the list of what may come of a text; empty where all is well. */
export function strangers(root: HTMLElement): string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll("*")) {
    if (!ELEMENTS.has(element.localName)) found.push(`<${element.localName}>`);
    for (const { name, value } of element.attributes) {
      if (!ATTRIBUTES.has(name)) found.push(`${element.localName}[${name}]`);
      if (name === "class" && !/^[a-z0-9 -]*$/.test(value)) found.push(`class ${value}`);
    }
  }
  return found;
}
