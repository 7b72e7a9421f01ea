// The smallest parts: a number with its noun, a word in a frame, a key, a link.
import type { ComponentChildren } from "preact";
import { counted, whole } from "../numbers";
import { format, type Route } from "../route";

/** A number, with its noun where one is given. */
export function Count({ n, one, many }: { n: number; one?: string; many?: string }) {
  return <span class="count">{one === undefined ? whole(n) : counted(n, one, many)}</span>;
}

export type Tone = "plain" | "accent" | "bad" | "warn" | "good";

/** A word in a frame; the tone is never all that it says. */
export function Badge({ tone = "plain", title, children }: { tone?: Tone; title?: string | undefined; children: ComponentChildren }) {
  return (
    <span class={`badge badge-${tone}`} title={title}>
      {children}
    </span>
  );
}

const WRITTEN: ReadonlyMap<string, string> = new Map([
  ["ArrowDown", "↓"],
  ["ArrowUp", "↑"],
  ["ArrowLeft", "←"],
  ["ArrowRight", "→"],
  ["PageDown", "PgDn"],
  ["PageUp", "PgUp"],
  ["Escape", "Esc"],
  [" ", "Space"],
]);

/** A key as it is written on the keyboard. */
export function Key({ name }: { name: string }) {
  return <kbd>{WRITTEN.get(name) ?? name}</kbd>;
}

interface LinkProps {
  to: Route;
  class?: string | undefined;
  title?: string | undefined;
  label?: string | undefined;
  current?: boolean;
  children: ComponentChildren;
}

/** A link to a place in this page. */
export function Link({ to, class: name, title, label, current = false, children }: LinkProps) {
  return (
    <a href={format(to)} class={name} title={title} aria-label={label} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}

/** Text that only a screen reader says. */
export function Spoken({ children }: { children: ComponentChildren }) {
  return <span class="spoken">{children}</span>;
}
