// The conversation as a tree: paths, forks, and what follows a message.
import type { Message } from "../wire";

export interface Tree {
  readonly messages: readonly Message[];
  readonly byLabel: ReadonlyMap<string, Message>;
  /** Labels of what follows a message, in order of appearance; of what begins a conversation under null. */
  readonly next: ReadonlyMap<string | null, readonly string[]>;
  /** Position of each message, by label. */
  readonly order: ReadonlyMap<string, number>;
}

/** Give the tree of messages, of which each stands after its parent. */
export function treeOf(messages: readonly Message[]): Tree {
  const byLabel = new Map<string, Message>();
  const next = new Map<string | null, string[]>();
  const order = new Map<string, number>();
  for (const [position, message] of messages.entries()) {
    const parent = message.parent !== null && byLabel.has(message.parent) ? message.parent : null;
    byLabel.set(message.label, message);
    order.set(message.label, position);
    const beside = next.get(parent);
    if (beside === undefined) next.set(parent, [message.label]);
    else beside.push(message.label);
  }
  return { messages, byLabel, next, order };
}

/** Give what follows a message; of null, what begins the conversations. */
export function following(tree: Tree, label: string | null): readonly string[] {
  return tree.next.get(label) ?? [];
}

/** Give the label of the message before; null of a first one, and of one that is not there. */
export function before(tree: Tree, label: string): string | null {
  const parent = tree.byLabel.get(label)?.parent ?? null;
  return parent !== null && tree.byLabel.has(parent) ? parent : null;
}

/** Give the messages from the beginning to one of them. */
export function pathTo(tree: Tree, label: string): Message[] {
  const path: Message[] = [];
  for (let here: string | null = label; here !== null; here = before(tree, here)) {
    const message = tree.byLabel.get(here);
    if (message === undefined) break;
    path.push(message);
  }
  return path.reverse();
}

/** Give the last message of the path on from a message: along `preferred` where that goes on, else where judges read. */
export function leafFrom(tree: Tree, label: string, preferred: ReadonlySet<string> = new Set()): string {
  let here = label;
  for (let nexts = following(tree, here); nexts.length > 0; nexts = following(tree, here)) {
    const along = nexts.find((each) => preferred.has(each));
    const seen = nexts.find((each) => tree.byLabel.get(each)?.seen === true);
    here = along ?? seen ?? nexts[0] ?? here;
  }
  return here;
}

/** Give all that stands beside a message, itself included: continuations of the same message, or beginnings. */
export function siblings(tree: Tree, label: string): readonly string[] {
  return following(tree, before(tree, label));
}

/** Give the messages of a path at which it could have gone another way. */
export function forks(tree: Tree, path: readonly Message[]): string[] {
  return path.map((message) => message.label).filter((label) => siblings(tree, label).length > 1);
}
