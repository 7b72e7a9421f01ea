// The row that the keys act on: kept by key, so that it stays on its audit when rows come, go or move.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Where each list was left, by address: coming back finds the same row. */
const left = new Map<string, Left>();

interface Left {
  readonly cursor: string | null;
  readonly scroll: number;
}

function leave(address: string, how: Partial<Left>): void {
  left.set(address, { cursor: null, scroll: 0, ...left.get(address), ...how });
}

export interface Cursor {
  readonly key: string | null;
  /** Goes down by so many rows, or up. */
  move(step: number): void;
}

interface Keyed {
  readonly key: string;
}

/** The cursor of the list at an address. */
export function useCursor(address: string, rows: readonly Keyed[], frame: RefObject<HTMLElement | null>, top: number, scrollTo: (position: number) => void): Cursor {
  const [key, setKey] = useState(left.get(address)?.cursor ?? null);
  // What the last key chose, drawn or not: keys may come faster than frames.
  const last = useRef(key);
  const ready = rows.length > 0;
  useEffect(() => {
    const element = frame.current;
    if (!ready || element === null) return undefined;
    element.scrollTop = left.get(address)?.scroll ?? 0;
    const scrolled = (): void => leave(address, { scroll: element.scrollTop });
    element.addEventListener("scroll", scrolled, { passive: true });
    return () => element.removeEventListener("scroll", scrolled);
  }, [ready, frame, address]);
  useEffect(() => leave(address, { cursor: key }), [address, key]);
  const move = (step: number): void => {
    const at = rows.findIndex((row) => row.key === last.current);
    const next = at < 0 ? top : Math.min(rows.length - 1, Math.max(0, at + step));
    const row = rows[next];
    if (row === undefined) return;
    setKey(row.key);
    scrollTo(next);
    // The link of the row takes the focus, for a screen reader to say it and Enter to open it: at once, or as soon as it
    // is drawn. Until then no other row has it, which Enter would open.
    last.current = row.key;
    if (focusRow(frame.current, row.key)) return;
    if (document.activeElement instanceof HTMLElement && frame.current?.contains(document.activeElement) === true) document.activeElement.blur();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (last.current === row.key) focusRow(frame.current, row.key);
      }),
    );
  };
  return { key, move };
}

/** Focuses the link of a row, and says whether it is drawn. */
function focusRow(frame: HTMLElement | null, key: string): boolean {
  const row = [...(frame?.querySelectorAll<HTMLElement>("tr[data-key]") ?? [])].find((each) => each.dataset["key"] === key);
  row?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  return row !== undefined;
}
