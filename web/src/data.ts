// Data as state of a component: asked for when it is shown, asked for again when it changes, kept for going back.
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { load, type Call } from "./api";
import type { Live } from "./live";
import { Fault, server, type Source } from "./source";
import type { Models } from "./wire";

/** What the whole page shares. */
export interface Session {
  readonly source: Source;
  /** null where nothing changes, as in an exported file. */
  readonly live: Live | null;
}

export const SessionContext = createContext<Session>({ source: server, live: null });

/** Whether this is an exported file, which holds what it shows: nothing more can be asked for. */
export function useExported(): boolean {
  return !useContext(SessionContext).source.live;
}

/** What is known of an answer: `value` stays while it is asked for again, and beside the fault where that fails. */
export interface Loaded<T> {
  readonly value: T | null;
  readonly fault: Fault | null;
  readonly busy: boolean;
  readonly retry: () => void;
}

const KEPT = 12;
const answers = new Map<string, unknown>();

function keep(route: string, value: unknown): void {
  answers.delete(route);
  answers.set(route, value);
  for (const oldest of answers.keys()) {
    if (answers.size <= KEPT) break;
    answers.delete(oldest);
  }
}

/** Forgets every answer, as when the data are known to be others. */
export function forget(): void {
  answers.clear();
}

interface Held<T> {
  readonly route: string;
  readonly value: T | null;
  readonly fault: Fault | null;
  readonly busy: boolean;
}

/** The least time from one answer to asking again because of a change, in milliseconds. */
const PAUSE = 1_000;

/** Counts up when what concerns a call changed: soon after, and for many changes once. */
function useNews(live: Live | null, concerns: "any" | readonly string[], busy: boolean): readonly [count: number, bump: () => void] {
  const [count, setCount] = useState(0);
  const [due, setDue] = useState(false);
  const wanted = concerns === "any" ? "any" : concerns.join(" ");
  useEffect(() => {
    if (live === null || wanted === "") return undefined;
    const keys = new Set(wanted.split(" "));
    return live.listen((news) => {
      if (news.whole || wanted === "any" || news.change?.runs.some((key) => keys.has(key)) === true) setDue(true);
    });
  }, [live, wanted]);
  useEffect(() => {
    if (!due || busy) return undefined;
    const timer = setTimeout(() => {
      setDue(false);
      setCount((n) => n + 1);
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [due, busy]);
  return [count, () => setCount((n) => n + 1)];
}

/** The answer to a call. `concerns` are keys of runs with whose change it is asked for again: "any" for every change,
 * none for never. A call of null asks nothing. */
export function useCall<Name extends keyof Models>(call: Call<Name> | null, concerns: "any" | readonly string[] = []): Loaded<Models[Name]> {
  type T = Models[Name];
  const { source, live } = useContext(SessionContext);
  const route = call?.route ?? "";
  const shape = call?.shape ?? null;
  const writes = call?.writes === true;
  const fresh = (): Held<T> => ({ route, value: (answers.get(route) as T | undefined) ?? null, fault: null, busy: shape !== null });
  const [held, setHeld] = useState<Held<T>>(fresh);
  // The first drawing after a change of route still holds the answer to the one before.
  const shown = held.route === route ? held : fresh();
  const [again, retry] = useNews(live, concerns, shown.busy);
  useEffect(() => {
    if (shape === null) return undefined;
    const stop = new AbortController();
    setHeld((before) => (before.route === route ? { ...before, busy: true } : fresh()));
    load(source, { route, shape, ...(writes && { writes }) }, stop.signal).then(
      (value) => {
        keep(route, value);
        if (!stop.signal.aborted) setHeld({ route, value, fault: null, busy: false });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        const fault = error instanceof Fault ? error : new Fault("misread", "This page could not make sense of the answer.");
        setHeld((before) => ({ ...before, fault, busy: false }));
      },
    );
    return () => stop.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `fresh` follows from the route
  }, [source, route, shape, writes, again]);
  return { value: shown.value, fault: shown.fault, busy: shown.busy, retry };
}
