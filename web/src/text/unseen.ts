// Characters that no reader sees, or that change what a reader sees: found, named, and grouped into badges.

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, "null"],
  [0x07, "bell"],
  [0x08, "backspace"],
  [0x0b, "vertical tab"],
  [0x0c, "form feed"],
  [0x0d, "carriage return"],
  [0x1b, "escape"],
  [0x7f, "delete"],
  [0x85, "next line"],
  [0xad, "soft hyphen"],
  [0x034f, "combining grapheme joiner"],
  [0x061c, "Arabic letter mark"],
  [0x115f, "Hangul choseong filler"],
  [0x1160, "Hangul jungseong filler"],
  [0x180e, "Mongolian vowel separator"],
  [0x200b, "zero width space"],
  [0x200c, "zero width non-joiner"],
  [0x200d, "zero width joiner"],
  [0x200e, "left-to-right mark"],
  [0x200f, "right-to-left mark"],
  [0x2028, "line separator"],
  [0x2029, "paragraph separator"],
  [0x202a, "left-to-right embedding"],
  [0x202b, "right-to-left embedding"],
  [0x202c, "pop directional formatting"],
  [0x202d, "left-to-right override"],
  [0x202e, "right-to-left override"],
  [0x2060, "word joiner"],
  [0x2061, "function application"],
  [0x2062, "invisible times"],
  [0x2063, "invisible separator"],
  [0x2064, "invisible plus"],
  [0x2066, "left-to-right isolate"],
  [0x2067, "right-to-left isolate"],
  [0x2068, "first strong isolate"],
  [0x2069, "pop directional isolate"],
  [0x2800, "blank Braille pattern"],
  [0x3164, "Hangul filler"],
  [0xfeff, "byte order mark"],
  [0xffa0, "half-width Hangul filler"],
  [0xfff9, "interlinear annotation anchor"],
  [0xfffa, "interlinear annotation separator"],
  [0xfffb, "interlinear annotation terminator"],
]);

// Joiners and the selectors of emoji belong to many scripts and signs; beside other letters they are shown.
const UNSEEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- these are what is looked for
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\r(?!\n)|(?<=^|[\0-\x7f])[\u200c\u200d]|[\u200c\u200d](?=[\0-\x7f]|$)|(?<=^|[^\P{ASCII}\d#*])[\ufe0e\ufe0f]/gu;

/** Some characters of a text as one thing to be shown: as they are, or as a badge. */
export type Shown =
  | { readonly kind: "seen"; readonly text: string; /** In the whole text. */ readonly at: number }
  | {
      readonly kind: "unseen";
      readonly text: string;
      readonly at: number;
      /** Such as `U+200B`, with `×3` where there are three of them, what tag characters spell, or how many marks there are. */
      readonly badge: string;
      readonly name: string;
    };

/** So many marks on one letter are drawn; no script has more than a few, and browsers take minutes over many thousands. */
const MOST_MARKS = 30;
/** What is drawn on the letter before it: marks, tones of emoji, two vowels, and joiners, which may stand between them. */
const MARK = "[\\p{M}\\p{Emoji_Modifier}\\u0e33\\u0eb3\\u200c\\u200d]";
const MARKS = new RegExp(`${MARK}+`, "gu");
const LAST_MARKS = new RegExp(`${MARK}*$`, "u");

/** Give `[from, to)` of a text as what is seen of it and badges for what is not, or is too much to be drawn. */
export function shown(text: string, from = 0, to = text.length): Shown[] {
  const part = text.slice(from, to);
  const all: Shown[] = [];
  const see = (start: number, end: number): void => {
    if (end > start) addUncrowded(all, part.slice(start, end), from + start, start === 0 ? marksBefore(text, from) : 0);
  };
  let done = 0;
  for (const group of groups(part)) {
    see(done, group.at);
    all.push(badged(group.text, from + group.at));
    done = group.at + group.text.length;
  }
  see(done, part.length);
  return all;
}

/** Add what is seen, cut where a letter has more marks than are drawn; `before` are those on it already. */
function addUncrowded(all: Shown[], text: string, at: number, before: number): void {
  let done = 0;
  for (const found of text.matchAll(MARKS)) {
    const marks = Array.from(found[0]);
    const room = MOST_MARKS - (found.index === 0 ? before : 0);
    if (marks.length <= room) continue;
    const start = found.index + marks.slice(0, room).join("").length;
    if (start > done) all.push({ kind: "seen", text: text.slice(done, start), at: at + done });
    done = found.index + found[0].length;
    all.push(crowd(text.slice(start, done), at + start, marks.length - room));
  }
  if (done < text.length) all.push({ kind: "seen", text: text.slice(done), at: at + done });
}

function crowd(text: string, at: number, count: number): Shown {
  const times = count > 1 ? `s ×${count.toLocaleString("en-GB")}` : "";
  return { kind: "unseen", text, at, badge: `combining mark${times}`, name: `on a letter with more than ${String(MOST_MARKS)} of them` };
}

/** Count the marks right before a place, up to as many as are drawn. */
function marksBefore(text: string, place: number): number {
  const near = text.slice(Math.max(0, place - 2 * MOST_MARKS), place);
  return Math.min(MOST_MARKS, Array.from(LAST_MARKS.exec(near)?.[0] ?? "").length);
}

/** So many badges are put on the page at once; browsers take seconds over more. */
export const MOST_BADGES = 2_000;

/** Give where in `[from, to)` those badges end that can be shown at once; `to` where all can. */
export function badgesEnd(text: string, from = 0, to = text.length): number {
  const last = shown(text, from, to).filter((part) => part.kind === "unseen")[MOST_BADGES - 1];
  return last === undefined ? to : last.at + last.text.length;
}

/** Give a text without what is not seen, as one line, for where there can be no badges. */
export function plainly(text: string): string {
  const seen = shown(text).flatMap((part) => (part.kind === "seen" ? [part.text] : []));
  return seen.join("").replace(/\s+/gu, " ").trim();
}

/** Join what stands together and is the same character, or all tag characters. */
function groups(text: string): { at: number; text: string }[] {
  const joined: { at: number; text: string; of: number }[] = [];
  for (const found of text.matchAll(UNSEEN)) {
    const code = found[0].codePointAt(0) ?? 0;
    const of = isTag(code) ? -1 : code;
    const last = joined[joined.length - 1];
    if (last?.of === of && last.at + last.text.length === found.index) last.text += found[0];
    else joined.push({ at: found.index, text: found[0], of });
  }
  return joined;
}

function badged(text: string, at: number): Shown {
  const codes = Array.from(text, (char) => char.codePointAt(0) ?? 0);
  const first = codes[0] ?? 0;
  const point = `U+${first.toString(16).toUpperCase().padStart(4, "0")}`;
  const times = codes.length > 1 ? ` ×${String(codes.length)}` : "";
  if (!isTag(first)) return { kind: "unseen", text, at, badge: point + times, name: nameOf(first) + times };
  const spelt = codes.map((code) => (code >= 0xe0020 && code < 0xe007f ? String.fromCharCode(code - 0xe0000) : "")).join("");
  return { kind: "unseen", text, at, badge: `tags “${spelt}”`, name: `${String(codes.length)} tag characters from ${point}` };
}

function isTag(code: number): boolean {
  return code >= 0xe0000 && code <= 0xe007f;
}

/** Give what a character is called. */
export function nameOf(code: number): string {
  const name = NAMES.get(code);
  if (name !== undefined) return name;
  if (code >= 0xd800 && code <= 0xdfff) return "half of a character";
  if ((code >= 0xfe00 && code <= 0xfe0f) || code >= 0xe0100 || (code >= 0x180b && code <= 0x180f)) return "variation selector";
  if (code < 0xa0) return "control character";
  return "unseen character";
}
