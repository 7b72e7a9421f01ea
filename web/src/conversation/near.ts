// Whether somebody could soon look at an element: texts far away are drawn in the cheapest way.
import { useEffect, useState } from "preact/hooks";

const MARGIN = "1500px";

const waiting = new Map<Element, () => void>();
let observer: IntersectionObserver | null = null;

function watch(element: Element, arrive: () => void): () => void {
  if (observer === null) {
    observer = new IntersectionObserver((entries) => entries.forEach((entry) => entry.isIntersecting && waiting.get(entry.target)?.()), { rootMargin: `${MARGIN} 0px` });
    // What is printed is looked at.
    addEventListener("beforeprint", () => [...waiting.values()].forEach((each) => each()));
  }
  waiting.set(element, arrive);
  observer.observe(element);
  return () => {
    waiting.delete(element);
    observer?.unobserve(element);
  };
}

/** True from the moment on that the element came near what is on the screen. */
export function useNear(element: { readonly current: Element | null }, from: boolean): boolean {
  const [near, set] = useState(from);
  useEffect(() => {
    if (near || element.current === null) return undefined;
    return watch(element.current, () => set(true));
  }, [near, element]);
  return near || from;
}
