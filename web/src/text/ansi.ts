// Terminal output as data: colours and weights from escape sequences; every other sequence stays as text.

export type Colour = "black" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "white";

export interface Style {
  readonly fore: Colour | null;
  readonly back: Colour | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly strike: boolean;
}

/** A stretch of a text with one style; of `code` stretches, which set it, the text is an escape sequence. */
export interface Styled {
  readonly kind: "text" | "code";
  readonly start: number;
  readonly end: number;
  readonly style: Style;
}

const PLAIN: Style = { fore: null, back: null, bold: false, dim: false, italic: false, underline: false, strike: false };
const COLOURS: readonly Colour[] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
// eslint-disable-next-line no-control-regex -- escape sequences begin with it
const SGR = /\x1b\[([\d;]{0,64})m/g;

/** Say whether a text sets colours. */
export function isStyled(text: string): boolean {
  return text.search(SGR) >= 0;
}

/** Cut a text where its style changes. */
export function styled(text: string): Styled[] {
  const parts: Styled[] = [];
  let style = PLAIN;
  let done = 0;
  for (const found of text.matchAll(SGR)) {
    if (found.index > done) parts.push({ kind: "text", start: done, end: found.index, style });
    done = found.index + found[0].length;
    style = after(style, (found[1] ?? "").split(";").map(Number));
    parts.push({ kind: "code", start: found.index, end: done, style });
  }
  if (done < text.length) parts.push({ kind: "text", start: done, end: text.length, style });
  return parts;
}

function after(style: Style, codes: readonly number[]): Style {
  let now = style;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    // A colour by number or by its parts: the page has eight, so that it can be read in light and dark; these are passed over.
    if (code === 38 || code === 48) at += codes[at + 1] === 5 ? 2 : 4;
    else now = one(now, code);
  }
  return now;
}

function one(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, fore: null };
  if (code === 49) return { ...style, back: null };
  const colour = COLOURS[code % 10] ?? null;
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return { ...style, fore: colour };
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return { ...style, back: colour };
  const name = code < 10 ? WEIGHTS.get(code) : WEIGHTS.get(code - 20);
  return name === undefined ? style : { ...style, [name]: code < 10 };
}

const WEIGHTS: ReadonlyMap<number, keyof Style> = new Map([
  [1, "bold"],
  [2, "dim"],
  [3, "italic"],
  [4, "underline"],
  [9, "strike"],
]);

/** Give the names of the classes that show a style. */
export function classes(style: Style): string {
  const names: string[] = [];
  if (style.fore !== null) names.push(`ansi-${style.fore}`);
  if (style.back !== null) names.push(`ansi-on-${style.back}`);
  for (const weight of WEIGHTS.values()) if (style[weight] === true) names.push(`ansi-${weight}`);
  return names.join(" ");
}
