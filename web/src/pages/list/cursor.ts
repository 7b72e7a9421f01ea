// The row that the keys act on: kept by key, so that it stays on its audit when rows come, go or move.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Span } from "./window";

/** Where each list was left, by address: coming back finds the same row. */
const left = new Map<string, { readonly cursor: string | null; readonly scroll: number }>();

export interface Cursor {
  readonly key: string | null;
  /** Goes down by so many rows, or up. */
  move(step: number): void;
}

interface Keyed {
  readonly key: string;
}

/** The cursor of the list at an address. */
export function useCursor(address: string, rows: readonly Keyed[], frame: RefObject<HTMLElement | null>, span: Span): Cursor {
  const [key, setKey] = useState(left.get(address)?.cursor ?? null);
  const latest = useRef({ address, key });
  latest.current = { address, key };
  const ready = rows.length > 0;
  useEffect(() => {
    const element = frame.current;
    if (!ready || element === null) return undefined;
    element.scrollTop = left.get(latest.current.address)?.scroll ?? 0;
    const keep = (): void => {
      left.set(latest.current.address, { cursor: latest.current.key, scroll: element.scrollTop });
    };
    element.addEventListener("scroll", keep, { passive: true });
    return () => {
      keep();
      element.removeEventListener("scroll", keep);
    };
  }, [ready, frame]);
  const move = (step: number): void => {
    const at = rows.findIndex((row) => row.key === key);
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
    const row = rows[next];
    if (row === undefined) return;
    setKey(row.key);
    span.scrollTo(next);
    // The link of the row takes the focus once it is drawn, for a screen reader to say it and Enter to open it.
    requestAnimationFrame(() => requestAnimationFrame(() => focusRow(frame.current, row.key)));
  };
  return { key, move };
}

function focusRow(frame: HTMLElement | null, key: string): void {
  for (const row of frame?.querySelectorAll<HTMLElement>("tr[data-key]") ?? [])
    if (row.dataset["key"] === key) row.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
}
