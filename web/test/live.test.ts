import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Live, type News } from "../src/live";

class Stream {
  static made: Stream[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    Stream.made.push(this);
  }
  close(): void {
    this.closed = true;
  }
}

const change = { runs: ["aaaaaaaaaaaa"], indexing: { runs_done: 1, runs: 1, texts_done: 0, texts: 0, unreadable: [] } };
let live: Live;
let news: News[];
let open: boolean[];
let stop: () => void;

const latest = (): Stream => Stream.made.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Stream);
  Stream.made = [];
  news = [];
  open = [];
  live = new Live();
  live.listen((each) => void news.push(each));
  live.watch((each) => void open.push(each));
  stop = live.start();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("what changed is told to everybody who listens, until they stop", () => {
  const heard: News[] = [];
  const stop = live.listen((each) => void heard.push(each));
  latest().onopen?.();
  latest().onmessage?.({ data: JSON.stringify(change) });
  stop();
  latest().onmessage?.({ data: JSON.stringify(change) });
  expect(latest().url).toBe("/api/changes");
  expect(heard).toEqual([{ whole: false, change }]);
  expect(news).toHaveLength(2);
});

test("a change that is none is a fault, not news", () => {
  expect(() => latest().onmessage?.({ data: '{"runs": 1}' })).toThrow("Change.");
  expect(news).toEqual([]);
});

test("a broken stream is opened again, ever later, and then everything may have changed", () => {
  latest().onopen?.();
  for (const wait of [1_000, 2_000, 4_000]) {
    const before = Stream.made.length;
    latest().onerror?.();
    expect(latest().closed).toBe(true);
    vi.advanceTimersByTime(wait - 1);
    expect(Stream.made).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(Stream.made).toHaveLength(before + 1);
  }
  latest().onopen?.();
  expect(news).toEqual([{ whole: true, change: null }]);
  expect(open).toEqual([true, false, false, false, true]);
});

test("it never waits longer than half a minute", () => {
  for (let times = 0; times < 12; times += 1) {
    latest().onerror?.();
    vi.advanceTimersByTime(30_000);
  }
  expect(Stream.made).toHaveLength(13);
});

test("a page that cannot be seen holds no stream, and asks for all when it is seen again", () => {
  latest().onopen?.();
  const seen = (state: string): void => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  seen("hidden");
  expect(latest().closed).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(Stream.made).toHaveLength(1);
  seen("visible");
  latest().onopen?.();
  expect(Stream.made).toHaveLength(2);
  expect(news).toEqual([{ whole: true, change: null }]);
});
