// The finds of a search, put together by audit.
import type { SearchAnswer, Snippet } from "../../wire";

export interface Finds {
  readonly run: string;
  readonly audit: string;
  /** How many of its messages have what was looked for. */
  readonly messages: number;
  readonly snippets: readonly Snippet[];
}

export const ORIGIN_WORDS: Readonly<Record<Snippet["origin"], string>> = {
  auditor: "staged by the auditor",
  target: "the target",
  prefill: "prefilled",
  prefix: "given beforehand",
  simulated_tool: "a simulated tool",
  real_tool: "a tool",
};

/** The audits of which there are snippets, in the order of the answer. */
export function byAudit(answer: SearchAnswer): readonly Finds[] {
  const snippets = new Map<string, Snippet[]>();
  for (const snippet of answer.snippets) {
    const key = `${snippet.run}.${snippet.audit}`;
    snippets.set(key, [...(snippets.get(key) ?? []), snippet]);
  }
  return answer.audits.flatMap(([run, audit, messages]) => {
    const mine = snippets.get(`${run}.${audit}`);
    return mine === undefined ? [] : [{ run, audit, messages, snippets: mine }];
  });
}
