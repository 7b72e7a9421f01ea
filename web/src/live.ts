// What changes on disk while the page is open: one stream of events, opened again when it breaks.
import { checked } from "./api";
import type { Change } from "./wire";

/** `whole`: events may have been missed, so that everything may be another. */
export interface News {
  readonly whole: boolean;
  readonly change: Change | null;
}

type Listener = (news: News) => void;

const SOONEST = 1_000;
const LATEST = 30_000;

/** The stream of changes; `state` says whether it stands. */
export class Live {
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<(open: boolean) => void>();
  private stream: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private wait = SOONEST;
  private broken = false;
  open = false;

  constructor(private readonly route = "/api/changes") {}

  /** Opens the stream; returns how to stop. While the page cannot be seen the stream is closed, for a browser opens
   * only a few to one server. */
  start(): () => void {
    const turned = (): void => {
      if (document.visibilityState === "visible") this.connect();
      else this.close();
    };
    this.connect();
    document.addEventListener("visibilitychange", turned);
    return () => {
      document.removeEventListener("visibilitychange", turned);
      this.close();
    };
  }

  /** Calls back with every change until what it returns is called. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Calls back when the stream stands or breaks. */
  watch(watcher: (open: boolean) => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private connect(): void {
    if (this.stream !== null) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const stream = new EventSource(this.route);
    this.stream = stream;
    stream.onopen = () => {
      this.wait = SOONEST;
      this.turn(true);
      if (this.broken) this.tell({ whole: true, change: null });
      this.broken = false;
    };
    stream.onmessage = (event: MessageEvent<string>) => {
      const value: unknown = JSON.parse(event.data);
      this.tell({ whole: false, change: checked("Change", value) });
    };
    stream.onerror = () => {
      this.close();
      this.turn(false);
      this.timer = setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, LATEST);
    };
  }

  private close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.stream === null) return;
    this.stream.close();
    this.stream = null;
    this.broken = true;
  }

  private turn(open: boolean): void {
    this.open = open;
    for (const watcher of this.watchers) watcher(open);
  }

  private tell(news: News): void {
    for (const listener of [...this.listeners]) listener(news);
  }
}
