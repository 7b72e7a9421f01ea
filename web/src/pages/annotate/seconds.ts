/** The seconds for which an item was in view, of a component that shows it. */
import { useCallback, useEffect, useRef } from "preact/hooks";
import { run, seconds, stopped, type Stopwatch } from "./stopwatch";

/** Gives the seconds so far, when asked; `before` were counted at an earlier time. */
export function useSeconds(before: number): () => number {
  const watch = useRef<Stopwatch>(stopped(before));
  useEffect(() => {
    const look = () => {
      watch.current = run(watch.current, document.visibilityState === "visible", performance.now());
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      watch.current = run(watch.current, false, performance.now());
    };
  }, []);
  return useCallback(() => seconds(watch.current, performance.now()), []);
}
