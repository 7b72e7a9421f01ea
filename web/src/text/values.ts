// JSON data as a tree to be drawn. Keys are texts and never names of anything.

/** Keys, or places of a list, with their values. */
export type Entries = readonly (readonly [key: string, value: Value])[];

export type Value =
  | { readonly kind: "word"; readonly text: string }
  | {
      readonly kind: "text";
      readonly text: string;
      /** Which of the texts it is, in reading order, without empty ones, from 0; -1 of an empty one. */
      readonly order: number;
    }
  | { readonly kind: "list" | "record"; readonly entries: Entries }
  | { readonly kind: "deep"; readonly text: string };

const DEEPEST = 12;

/** Give data as a tree with the texts in it; what is nested deeper than a reader follows becomes one text. */
export function valueOf(data: unknown): { readonly value: Value; readonly texts: readonly string[] } {
  const texts: string[] = [];
  const made = (each: unknown, depth: number): Value => {
    if (typeof each === "string") return { kind: "text", text: each, order: each === "" ? -1 : texts.push(each) - 1 };
    if (typeof each !== "object" || each === null) return { kind: "word", text: String(each) };
    if (depth >= DEEPEST) return { kind: "deep", text: written(each) };
    const entries = Object.entries(each as Readonly<Record<string, unknown>>);
    return { kind: Array.isArray(each) ? "list" : "record", entries: entries.map(([key, inner]) => [key, made(inner, depth + 1)] as const) };
  };
  return { value: made(data, 0), texts };
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // So deeply nested that writing it takes more memory than there is for that.
    if (error instanceof RangeError) return "(nested too deeply to be shown)";
    throw error;
  }
}
