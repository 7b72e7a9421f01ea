// What keys do. A component declares its bindings while it is shown; the sheet on `?` lists what is bound at the moment.
import { useLayoutEffect, useRef } from "preact/hooks";

export interface Binding {
  /** Each such as "j", "J", "?", "[", "Enter", "ArrowDown", or of two strokes such as "g l". */
  readonly keys: readonly string[];
  /** What it does, for the sheet. */
  readonly what: string;
  /** Runs it; `key` is the one of `keys` that was pressed. */
  run(key: string): void;
}

interface Group {
  readonly scope: string;
  current: readonly Binding[];
}

/** How long the second stroke may take, in milliseconds. */
const PATIENCE = 1_000;

const groups: Group[] = [];
let first: { readonly key: string; readonly at: number } | null = null;

/** The bindings in force by scope, the newest scope first. */
export function bindings(): readonly { readonly scope: string; readonly bindings: readonly Binding[] }[] {
  const scopes = new Map<string, Binding[]>();
  for (const group of [...groups].reverse()) scopes.set(group.scope, [...(scopes.get(group.scope) ?? []), ...group.current]);
  return [...scopes].filter(([, bound]) => bound.length > 0).map(([scope, bound]) => ({ scope, bindings: bound }));
}

/** Whether keys go into a text or a choice, and so are not ours. */
function taken(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["button", "checkbox", "radio", "range", "reset", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Whether a key is how the focused element itself is worked. */
function worked(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === "Enter" || key === " ") return target.closest("a[href], button, summary, input, [role=menuitem], [role=treeitem], [role=tab], [role=option]") !== null;
  if (key.startsWith("Arrow") || key === "Home" || key === "End")
    return target.closest("[role=tab], [role=menuitem], [role=treeitem], [role=radio], [role=option], input[type=radio], input[type=range], select") !== null;
  return false;
}

/** Whether a dialog stands before the page: nothing behind it should move, and Escape is for the dialog. */
function covered(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

function find(key: string): Binding | null {
  for (const group of [...groups].reverse()) {
    const found = group.current.find((binding) => binding.keys.includes(key));
    if (found !== undefined) return found;
  }
  return null;
}

function starts(key: string): boolean {
  return groups.some((group) => group.current.some((binding) => binding.keys.some((each) => each.startsWith(`${key} `))));
}

/** Runs what a key is bound to; true where it was. */
export function press(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return false;
  if (["Shift", "Control", "Alt", "Meta", "CapsLock"].includes(event.key)) return false;
  if (taken(event.target) || worked(event.target, event.key) || covered()) return false;
  const before = first !== null && event.timeStamp - first.at < PATIENCE ? first.key : null;
  first = null;
  const binding = (before === null ? null : find(`${before} ${event.key}`)) ?? find(event.key);
  if (binding !== null) {
    event.preventDefault();
    binding.run(event.key);
    return true;
  }
  if (starts(event.key)) first = { key: event.key, at: event.timeStamp };
  return false;
}

/** Begins to listen; returns how to stop. */
export function listen(): () => void {
  const pressed = (event: KeyboardEvent): void => void press(event);
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

/** Binds keys while the component is shown; of two bindings of one key, the one that was bound last acts. */
export function useKeys(scope: string, bound: readonly Binding[]): void {
  const group = useRef<Group>({ scope, current: bound });
  group.current.current = bound;
  // As soon as the component is shown, not a moment later: whoever knows the keys is quick.
  useLayoutEffect(() => {
    const mine = group.current;
    groups.push(mine);
    return () => {
      groups.splice(groups.indexOf(mine), 1);
    };
  }, []);
}
