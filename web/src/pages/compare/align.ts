/** Two conversations side by side: which of their messages stand on one line. Pure. */
import { pathTo, treeOf } from "../../conversation/tree";
import type { Message } from "../../wire";

/** What was said in one turn on each side: the target's message, and what led up to it. */
export interface TurnRow {
  readonly turn: number;
  readonly left: readonly Message[];
  readonly right: readonly Message[];
}

/**
 * Messages by the turn that they lead up to: what is said after the target's third message, and its fourth message,
 * are the fourth turn. A turn that one side alone has stands beside nothing.
 */
export function alignTurns(left: readonly Message[], right: readonly Message[]): readonly TurnRow[] {
  const [one, other] = [byTurn(left), byTurn(right)];
  const turns = [...new Set([...one.keys(), ...other.keys()])].sort((first, second) => first - second);
  return turns.map((turn) => ({ turn, left: one.get(turn) ?? [], right: other.get(turn) ?? [] }));
}

function byTurn(path: readonly Message[]): ReadonlyMap<number, readonly Message[]> {
  const turns = new Map<number, Message[]>();
  for (const message of path) {
    // `turn` counts the target's messages up to and including this one, so that only its own message has reached it.
    const turn = isReply(message) ? message.turn : message.turn + 1;
    const found = turns.get(turn);
    if (found === undefined) turns.set(turn, [message]);
    else found.push(message);
  }
  return turns;
}

/** The target's own message: what a comparison is about. A prefill and an imported beginning are others' words. */
export function isReply(message: Message): boolean {
  return message.origin === "target";
}

/** What the target answers in this turn, without reasoning and calls; null where it does not speak. */
export function replyText(messages: readonly Message[]): string | null {
  const replies = messages.filter(isReply);
  if (replies.length === 0) return null;
  return replies
    .flatMap((message) => message.pieces.filter((piece) => piece.kind === "text").map((piece) => piece.text))
    .join("\n");
}

/** The longest branch, the last of several as long: where a pane begins. */
export function longestBranch(messages: readonly Message[], branches: readonly string[]): string | null {
  const tree = treeOf(messages);
  let best: { leaf: string; length: number } | null = null;
  for (const leaf of branches) {
    const { length } = pathTo(tree, leaf);
    if (best === null || length >= best.length) best = { leaf, length };
  }
  return best?.leaf ?? messages.at(-1)?.label ?? null;
}
