// The parts that the verdict panel is made of: a pane that folds, a link to a message.
import type { ComponentChildren } from "preact";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Citation } from "./citations";

/** What the panes do to the page. */
export interface Doing {
  readonly isTurned: (pane: string) => boolean;
  readonly turn: (pane: string) => void;
  readonly toMessage: (label: string) => void;
  readonly toCitation: (citation: Citation) => void;
  /** Which citation is looked at; null for none. */
  readonly at: number | null;
}

export const DoingContext = createContext<Doing>({ isTurned: () => false, turn: () => undefined, toMessage: () => undefined, toCitation: () => undefined, at: null });

interface PaneProps {
  /** What the address calls it. */
  name: string;
  title: ComponentChildren;
  /** Whether it is open at first. */
  open?: boolean;
  /** Open whatever was chosen, since what is looked at stands in it. */
  forced?: boolean;
  children: ComponentChildren;
}

export function Pane({ name, title, open = false, forced = false, children }: PaneProps) {
  const doing = useContext(DoingContext);
  const isOpen = forced || doing.isTurned(name) !== open;
  return (
    <section class="pane">
      <h2 class="pane-title">
        <button type="button" aria-expanded={isOpen} onClick={() => doing.turn(name)}>
          {title}
        </button>
      </h2>
      {isOpen && <div class="pane-body">{children}</div>}
    </section>
  );
}

/** A message's label as a way to it; other words as they are. */
export function ToMessage({ label }: { label: string }) {
  const { toMessage } = useContext(DoingContext);
  if (!/^M\d+(\.\d+)?$/.test(label)) return <span class="mono">{label}</span>;
  return (
    <button type="button" class="to-message" onClick={() => toMessage(label.split(".")[0] ?? label)}>
      {label}
    </button>
  );
}

/** Names with their values, one each line; those without a value are left out. */
export function Facts({ rows }: { rows: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
