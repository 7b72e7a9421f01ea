// JSON as a tree to be drawn. Keys are texts and never names of anything.

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

export interface Tree {
  readonly value: Value;
  /** The texts in it, in reading order, without empty ones. */
  readonly texts: readonly string[];
}

const DEEPEST = 12;

/** Give data as a tree with the texts in it; what is nested deeper than a reader follows becomes one text. */
export function valueOf(data: unknown): Tree {
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

/** Give JSON text as a tree that says what the text says: all digits of a number, keys in their order, and each that is
 * there twice. Data would have lost that. Null where it is not JSON. */
export function treeIn(text: string): (Tree & { readonly plain: boolean }) | null {
  if (!isJson(text)) return null;
  const reader = new Reader(text);
  const value = reader.value(0);
  return { value, texts: reader.texts, plain: reader.plain };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return false;
    throw error;
  }
}

/** Reads text that is known to be JSON. */
class Reader {
  readonly texts: string[] = [];
  /** Whether every text stands there letter by letter, with no more escapes than it needs. */
  plain = true;
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): Value {
    const first = this.next();
    if (first === '"') {
      const text = this.string();
      return { kind: "text", text, order: text === "" ? -1 : this.texts.push(text) - 1 };
    }
    if (first !== "{" && first !== "[") return { kind: "word", text: this.word() };
    if (depth >= DEEPEST) return { kind: "deep", text: this.branch() };
    return first === "{" ? { kind: "record", entries: this.entries("}", depth) } : { kind: "list", entries: this.entries("]", depth) };
  }

  private entries(end: "}" | "]", depth: number): Entries {
    const entries: (readonly [string, Value])[] = [];
    this.at += 1;
    while (this.next() !== end) {
      if (this.next() === ",") this.at += 1;
      const key = end === "}" ? this.key() : String(entries.length);
      entries.push([key, this.value(depth + 1)]);
    }
    this.at += 1;
    return entries;
  }

  private key(): string {
    this.next();
    const key = this.string();
    this.next();
    this.at += 1; // the colon
    return key;
  }

  /** The next character that is no white space, which is not taken yet. */
  private next(): string {
    while (" \n\r\t".includes(this.text.charAt(this.at)) && this.at < this.text.length) this.at += 1;
    return this.text.charAt(this.at);
  }

  private string(): string {
    const start = this.at;
    this.skipString();
    const raw = this.text.slice(start, this.at);
    const text = JSON.parse(raw) as string;
    if (JSON.stringify(text) !== raw) this.plain = false;
    return text;
  }

  private skipString(): void {
    this.at += 1;
    while (this.text.charAt(this.at) !== '"') this.at += this.text.charAt(this.at) === "\\" ? 2 : 1;
    this.at += 1;
  }

  /** A number, true, false or null, as it stands there. */
  private word(): string {
    const start = this.at;
    while (this.at < this.text.length && !" \n\r\t,]}".includes(this.text.charAt(this.at))) this.at += 1;
    return this.text.slice(start, this.at);
  }

  /** A list or a record whole, as it stands there. */
  private branch(): string {
    const start = this.at;
    let open = 0;
    do {
      const character = this.text.charAt(this.at);
      if (character === '"') this.skipString();
      else {
        if (character === "{" || character === "[") open += 1;
        if (character === "}" || character === "]") open -= 1;
        this.at += 1;
      }
    } while (open > 0);
    return this.text.slice(start, this.at);
  }
}
