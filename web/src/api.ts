// Every request that the page makes, with the type of its answer. A `Call` is a value: what to ask and what to expect.
import { misfit } from "./shape";
import { Fault, type Source } from "./source";
import type { Annotation, Draft, Models, Saved } from "./wire";

/** A request by route, and the name of the model that the answer has to fit. */
export interface Call<Name extends keyof Models> {
  readonly route: string;
  readonly shape: Name;
  /** Whether asking leaves something behind, so that it is a write. */
  readonly writes?: true;
}

function call<Name extends keyof Models>(shape: Name, route: string, query: readonly (readonly [string, string])[] = []): Call<Name> {
  const pairs = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return { shape, route: pairs.length === 0 ? route : `${route}?${pairs.join("&")}` };
}

const part = encodeURIComponent;
const at = (run: string, audit: string): string => `/api/transcripts/${part(run)}/${part(audit)}`;
const given = (name: string, value: string | undefined): readonly (readonly [string, string])[] =>
  value === undefined || value === "" ? [] : [[name, value]];

export const about = (): Call<"About"> => call("About", "/api/about");
export const runs = (): Call<"RunList"> => call("RunList", "/api/runs");
export const run = (key: string): Call<"RunDetail"> => call("RunDetail", `/api/runs/${part(key)}`);
export const report = (key: string): Call<"ReportView"> => call("ReportView", `/api/runs/${part(key)}/report`);
/** The audits of some runs; of all where none is named. */
export const audits = (keys: readonly string[]): Call<"AuditList"> =>
  call("AuditList", "/api/audits", keys.map((key) => ["run", key] as const));
export const transcript = (key: string, audit: string): Call<"TranscriptView"> => call("TranscriptView", at(key, audit));
export const reading = (key: string, audit: string, set?: string): Call<"JudgeReading"> =>
  call("JudgeReading", `${at(key, audit)}/reading`, given("set", set));
export const raw = (key: string, audit: string): Call<"RawTranscript"> => call("RawTranscript", `${at(key, audit)}/raw`);
export const search = (q: string, keys: readonly string[] = []): Call<"SearchAnswer"> =>
  call("SearchAnswer", "/api/search", [["q", q], ...keys.map((key) => ["run", key] as const)]);
export const compare = (left: string, right: string, leftTarget?: string, rightTarget?: string): Call<"ComparisonView"> =>
  call("ComparisonView", "/api/compare", [
    ["left", left],
    ["right", right],
    ...given("left_target", leftTarget),
    ...given("right_target", rightTarget),
  ]);
export const annotateSession = (): Call<"AnnotateSession"> => call("AnnotateSession", "/api/annotate/session");
export const blindItem = (key: string): Call<"BlindItem"> => call("BlindItem", `/api/annotate/items/${part(key)}`);
export const draft = (key: string): Call<"Draft"> => call("Draft", `/api/annotate/drafts/${part(key)}`);
/** That the verdicts were seen is stored. */
export const reveal = (key: string): Call<"Reveal"> => ({ ...call("Reveal", `/api/annotate/items/${part(key)}/reveal`), writes: true });

/** A value as the model of that name, or a fault that says where it is not. */
export function checked<Name extends keyof Models>(shape: Name, value: unknown): Models[Name] {
  const wrong = misfit(shape, value);
  if (wrong === null) return value as Models[Name];
  throw new Fault(
    "misread",
    `The server sent what this page does not understand, at ${wrong}. Reload the page; if that does not help, page and server are of different versions.`,
  );
}

/** The answer to a call. */
export async function load<Name extends keyof Models>(source: Source, what: Call<Name>, signal?: AbortSignal): Promise<Models[Name]> {
  return checked(what.shape, await (what.writes === true ? source.send("POST", what.route, {}) : source.get(what.route, signal)));
}

export async function saveDraft(source: Source, value: Draft): Promise<Saved> {
  return checked("Saved", await source.send("PUT", `/api/annotate/drafts/${part(value.key)}`, value));
}

export async function submit(source: Source, value: Annotation): Promise<Saved> {
  return checked("Saved", await source.send("POST", `/api/annotate/items/${part(value.key)}`, value));
}
