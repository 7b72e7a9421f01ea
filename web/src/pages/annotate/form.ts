/** What an annotator has answered so far, and what every key does to it. Pure; starts empty. */
import type { Annotation, Dimension, Draft, EvidenceSpan, LabelValue } from "../../wire";

export type Triage = Annotation["triage"];

/** What is said of one dimension: evidence may come before the answer that it is for. */
export interface Entry {
  readonly answer: LabelValue["answer"] | null;
  readonly value: number | null;
  readonly evidence: readonly EvidenceSpan[];
}

/** Where digits and evidence go: triage, then each dimension by position, then the note. */
export type Step = "triage" | number | "note";

export interface Form {
  readonly triage: Triage | null;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly note: string;
  readonly step: Step;
}

export type Action =
  | { readonly do: "triage"; readonly triage: Triage }
  | { readonly do: "value"; readonly dimension: string; readonly value: number }
  | { readonly do: "answer"; readonly dimension: string; readonly answer: "not_observed" | "unsure" }
  | { readonly do: "clear"; readonly dimension: string }
  | { readonly do: "evidence"; readonly dimension: string; readonly span: EvidenceSpan }
  | { readonly do: "withdraw"; readonly dimension: string; readonly index: number }
  | { readonly do: "note"; readonly note: string }
  | { readonly do: "step"; readonly step: Step };

export const TRIAGES: readonly Triage[] = ["clean", "concerning", "invalid"];

/** As many spans as the server takes of one dimension. */
export const MOST_EVIDENCE = 50;

export const EMPTY: Form = { triage: null, entries: new Map(), note: "", step: "triage" };

/** The form after an action; the same one where the action changes nothing. */
export function act(form: Form, action: Action): Form {
  switch (action.do) {
    case "triage":
      return { ...form, triage: action.triage };
    case "note":
      return { ...form, note: action.note };
    case "step":
      return form.step === action.step ? form : { ...form, step: action.step };
    case "value":
      return changed(form, action.dimension, { answer: "value", value: action.value });
    case "answer":
      return changed(form, action.dimension, { answer: action.answer, value: null });
    case "clear":
      return form.entries.has(action.dimension) ? { ...form, entries: without(form.entries, action.dimension) } : form;
    case "evidence":
      return attached(form, action.dimension, action.span);
    case "withdraw":
      return changed(form, action.dimension, {
        evidence: entryOf(form, action.dimension).evidence.filter((_, index) => index !== action.index),
      });
  }
}

/** What is said of a dimension; nothing to begin with. */
export function entryOf(form: Form, dimension: string): Entry {
  return form.entries.get(dimension) ?? { answer: null, value: null, evidence: [] };
}

function changed(form: Form, dimension: string, what: Partial<Entry>): Form {
  const entry = { ...entryOf(form, dimension), ...what };
  return { ...form, entries: new Map(form.entries).set(dimension, entry) };
}

function without(entries: Form["entries"], dimension: string): Form["entries"] {
  return new Map([...entries].filter(([name]) => name !== dimension));
}

function attached(form: Form, dimension: string, span: EvidenceSpan): Form {
  const { evidence } = entryOf(form, dimension);
  if (evidence.length >= MOST_EVIDENCE || evidence.some((known) => isSame(known, span))) return form;
  return changed(form, dimension, { evidence: [...evidence, span] });
}

function isSame(one: EvidenceSpan, other: EvidenceSpan): boolean {
  return (
    one.message === other.message &&
    one.place.piece === other.place.piece &&
    one.place.start === other.place.start &&
    one.place.end === other.place.end
  );
}

/** The step before or after, without going round at the ends. */
export function nextStep(step: Step, by: 1 | -1, dimensions: number): Step {
  const steps: readonly Step[] = ["triage", ...Array.from({ length: dimensions }, (_, index) => index), "note"];
  return steps[steps.indexOf(step) + by] ?? step;
}

/** What is not answered yet and has to be: triage, and every dimension unless the transcript is invalid. */
export function unanswered(form: Form, dimensions: readonly Dimension[]): readonly Step[] {
  if (form.triage === null) return ["triage", ...open(form, dimensions)];
  return form.triage === "invalid" ? [] : open(form, dimensions);
}

function open(form: Form, dimensions: readonly Dimension[]): readonly number[] {
  return dimensions.flatMap(({ name }, index) => (entryOf(form, name).answer === null ? [index] : []));
}

/** The form as it was left. */
export function fromDraft(draft: Draft): Form {
  return { triage: draft.triage, entries: new Map(Object.entries(draft.labels)), note: draft.note, step: "triage" };
}

/** What is kept of a form that is not submitted: everything, evidence without an answer too. */
export function toDraft(form: Form, key: string, seconds: number): Draft {
  const labels = [...form.entries].map(([name, { answer, value, evidence }]) => [name, { answer, value, evidence: [...evidence] }] as const);
  return { key, triage: form.triage, labels: Object.fromEntries(labels), note: form.note, seconds };
}

/** What is submitted; null while something is missing. Of an invalid transcript evidence may be without an answer: that stays behind. */
export function toAnnotation(
  form: Form,
  dimensions: readonly Dimension[],
  { key, seconds, afterReveal }: { key: string; seconds: number; afterReveal: boolean },
): Annotation | null {
  if (form.triage === null || unanswered(form, dimensions).length > 0) return null;
  const labels = [...form.entries].flatMap(([name, { answer, value, evidence }]) =>
    answer === null ? [] : [[name, { answer, value, evidence: [...evidence] }] as const],
  );
  return { key, triage: form.triage, labels: Object.fromEntries(labels), note: form.note, seconds, after_reveal: afterReveal };
}
