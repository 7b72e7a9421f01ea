// The part of a long list that can be seen, with some rows around it.
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useReducer, useState } from "preact/hooks";

export interface Span {
  readonly first: number;
  /** After the last one. */
  readonly end: number;
  /** Pixels of what is left out above and below. */
  readonly before: number;
  readonly after: number;
  /** The first row that can be seen whole. */
  readonly top: number;
  scrollTo(position: number): void;
}

interface Measures {
  readonly count: number;
  /** Height of a row, in pixels. */
  readonly row: number;
  /** Height of what stays above the rows. */
  readonly head: number;
}

/** Which rows of a scrolled element to draw. */
export function useWindow(frame: RefObject<HTMLElement | null>, { count, row, head }: Measures): Span {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const options = {
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => row,
    scrollPaddingStart: head,
    scrollMargin: 0,
    overscan: 12,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => draw(0),
  };
  const [virtual] = useState(() => new Virtualizer<HTMLElement, Element>(options));
  virtual.setOptions(options);
  useEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? Math.min(count, 60) - 1;
  return {
    first,
    end: last + 1,
    before: first * row,
    after: Math.max(0, count - last - 1) * row,
    top: Math.ceil((virtual.scrollOffset ?? 0) / row),
    scrollTo: (position) => virtual.scrollToIndex(position, { align: "auto" }),
  };
}
