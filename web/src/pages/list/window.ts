// The part of a long list that can be seen, with some rows around it. Rows are all of one height, so that which ones to
// draw is a division.
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";

export interface Measures {
  readonly count: number;
  /** Height of a row, in pixels. */
  readonly row: number;
  /** Height of what stays above the rows while they scroll. */
  readonly head: number;
}

/** How a scrolled element stands: how far it is scrolled, and how high it is. */
export interface Stand {
  readonly scroll: number;
  readonly height: number;
}

export interface Span {
  readonly first: number;
  /** After the last one. */
  readonly end: number;
  /** Pixels of what is left out above and below. */
  readonly before: number;
  readonly after: number;
  /** The first row that can be seen whole. */
  readonly top: number;
}

/** Rows that are drawn above and below those that can be seen. */
const AROUND = 12;

/** Which rows to draw. */
export function spanOf({ count, row }: Measures, { scroll, height }: Stand): Span {
  const top = Math.min(Math.max(0, count - 1), Math.ceil(scroll / row));
  const first = Math.max(0, Math.min(Math.floor(scroll / row), count) - AROUND);
  const end = Math.min(count, Math.ceil((scroll + height) / row) + AROUND);
  return { first, end, before: first * row, after: (count - end) * row, top };
}

/** How far to scroll for a row to be seen: not at all where it is. */
export function scrollFor(position: number, { row, head }: Measures, { scroll, height }: Stand): number {
  const from = position * row;
  const until = from + row + head;
  if (from < scroll) return from;
  return until > scroll + height ? until - height : scroll;
}

/** Which rows of a scrolled element to draw, and how to bring one into sight. */
export function useWindow(frame: RefObject<HTMLElement | null>, measures: Measures): { readonly span: Span; scrollTo: (position: number) => void } {
  const [stand, setStand] = useState<Stand>({ scroll: 0, height: 900 });
  const filled = measures.count > 0;
  useLayoutEffect(() => {
    const element = frame.current;
    if (!filled || element === null) return undefined;
    const measure = (): void => setStand({ scroll: element.scrollTop, height: element.clientHeight });
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [frame, filled]);
  const scrollTo = (position: number): void => {
    const element = frame.current;
    if (element !== null) element.scrollTop = scrollFor(position, measures, { scroll: element.scrollTop, height: element.clientHeight });
  };
  return { span: spanOf(measures, stand), scrollTo };
}
