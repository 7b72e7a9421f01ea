/** The draft of an item, kept while it is written: soon after every change, and at once when the page goes away. */
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { saveDraft } from "../../api";
import { SessionContext } from "../../data";
import { Fault } from "../../source";
import type { Draft } from "../../wire";

/** How long after the last change it is kept, in milliseconds. */
const SOON = 800;

export type Keeping = "kept" | "waiting" | "failed";

interface Kept {
  readonly state: Keeping;
  /** Why it could not be kept. */
  readonly fault: string | null;
  /** Lets no draft be on its way any more, so that none arrives after what is submitted. */
  readonly settle: () => Promise<void>;
  /** Keeps the draft after all, where nothing was submitted. */
  readonly resume: () => void;
}

/** Keeps what `draft` gives whenever `changed` is another; the first one is what was loaded, and not kept again. */
export function useDraft(changed: unknown, draft: () => Draft): Kept {
  const { source } = useContext(SessionContext);
  const [state, setState] = useState<Keeping>("kept");
  const [fault, setFault] = useState<string | null>(null);
  const latest = useRef(draft);
  latest.current = draft;
  const seen = useRef(changed);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const chain = useRef<Promise<void>>(Promise.resolve());

  const stop = (): boolean => {
    if (timer.current === null) return false;
    clearTimeout(timer.current);
    timer.current = null;
    return true;
  };
  const send = async (value: Draft): Promise<void> => {
    try {
      await saveDraft(source, value);
      setFault(null);
      setState(timer.current === null ? "kept" : "waiting");
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error.message);
      setState("failed");
    }
  };
  const keep = useRef<(leaving: boolean) => void>(() => undefined);
  keep.current = (leaving) => {
    stop();
    const value = latest.current();
    // One after the other, so that the last one stays; but a page that goes away waits for nothing.
    chain.current = leaving ? Promise.all([chain.current, send(value)]).then(() => undefined) : chain.current.then(() => send(value));
  };

  useEffect(() => {
    if (seen.current === changed) return;
    seen.current = changed;
    setState("waiting");
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => keep.current(false), SOON);
  }, [changed]);

  useEffect(() => {
    const flush = (): void => {
      if (timer.current !== null) keep.current(true);
    };
    const hidden = (): void => {
      if (document.visibilityState === "hidden") flush();
    };
    addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", hidden);
      // Gone to another item: what was written here is kept as well.
      flush();
    };
  }, []);

  const settle = async (): Promise<void> => {
    stop();
    await chain.current;
  };
  const resume = (): void => keep.current(false);
  return { state, fault, settle, resume };
}
