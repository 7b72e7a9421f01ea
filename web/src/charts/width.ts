/** How wide an element is drawn, so that a chart can be drawn in pixels and its letters keep their size. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

/** A reference for the element, and its width; `first` until it was measured. */
export function useWidth<T extends Element>(first: number): [RefObject<T | null>, number] {
  const element = useRef<T | null>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return undefined;
    const take = () => {
      const now = Math.floor(measured.getBoundingClientRect().width);
      if (now > 0) setWidth(now);
    };
    take();
    const observer = new ResizeObserver(take);
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
