// A page on a stage: drawn at an address, with answers by route, every request written down, and keys to press.
import type { ComponentChild } from "preact";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach } from "vitest";
import { forget, SessionContext } from "../src/data";
import { listen } from "../src/keys";
import { usePlace } from "../src/place";
import type { Route } from "../src/route";
import { Fault, type Source } from "../src/source";

export interface Sent {
  readonly method: string;
  readonly route: string;
  readonly body: unknown;
}

export interface Stage {
  readonly root: HTMLElement;
  /** Every request, in order. */
  readonly requests: readonly Sent[];
  press(...keys: readonly string[]): Promise<void>;
  settle(milliseconds?: number): Promise<void>;
  text(selector: string): string;
  click(selector: string): Promise<void>;
}

/** As many requests as a page makes one after the other, and one more. */
const ROUNDS = 4;

let clear: (() => void) | null = null;
afterEach(() => clear?.());

/** Shows a page. `answer` gives the answer to a request; a Fault is why there is none. */
export async function staged(address: string, page: (route: Route) => ComponentChild, answer: (sent: Sent) => unknown): Promise<Stage> {
  const requests: Sent[] = [];
  const take = (sent: Sent): Promise<unknown> => {
    requests.push(sent);
    const given = answer(sent);
    return given instanceof Fault ? Promise.reject(given) : Promise.resolve(given);
  };
  const source: Source = {
    live: false,
    get: (route) => take({ method: "GET", route, body: null }),
    send: (method, route, body) => take({ method, route, body }),
  };
  const Shown = () => <>{page(usePlace())}</>;
  forget();
  location.hash = address;
  const root = document.createElement("div");
  document.body.append(root);
  const stop = listen();
  clear = () => {
    void act(() => render(null, root));
    root.remove();
    stop();
    clear = null;
  };
  void act(() => render(<SessionContext.Provider value={{ source, live: null }}><Shown /></SessionContext.Provider>, root));
  const settle = async (milliseconds = 0): Promise<void> => {
    // Effects run when an act ends; an answer that they asked for may bring the next ones.
    for (let round = 0; round < ROUNDS; round += 1) {
      await act(async () => {
        for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => setTimeout(done, milliseconds / ROUNDS / 3));
      });
    }
  };
  await settle();
  return {
    root,
    requests,
    settle,
    async press(...keys) {
      for (const key of keys) {
        (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        await settle();
      }
    },
    text: (selector) => (root.querySelector(selector)?.textContent ?? "").replace(/\s+/g, " ").trim(),
    async click(selector) {
      root.querySelector<HTMLElement>(selector)?.click();
      await settle();
    },
  };
}
