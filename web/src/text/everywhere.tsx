// No text of the page, whoever shows it, holds characters that nobody sees: names and snippets come from models too.
import { Fragment, type ComponentChild, type ComponentChildren, options, type VNode } from "preact";
import { Seen } from "./leaf";
import { plainly, shown } from "./unseen";

const PLAIN = /^[\n\t\x20-\x7e]*$/;
/** These hold text alone, so that a badge has to be words there. */
const TEXT_ONLY: ReadonlySet<unknown> = new Set(["option", "title", "text", "tspan"]);

function isSeen(text: string): boolean {
  return PLAIN.test(text) || shown(text).every((part) => part.kind === "seen");
}

function mended(children: ComponentChildren, within: unknown): ComponentChildren {
  if (typeof children === "string") {
    if (isSeen(children)) return children;
    return TEXT_ONLY.has(within) ? plainly(children) : <Seen text={children} />;
  }
  return Array.isArray(children) ? children.map((child: ComponentChild) => mended(child, within)) : children;
}

/** Has every text that is drawn from now on shown with badges where it has characters that nobody sees. */
export function badgesEverywhere(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- Preact's hooks are functions that know no `this`
  const before = options.vnode;
  options.vnode = (vnode: VNode) => {
    if (typeof vnode.type === "string" || vnode.type === Fragment) {
      const props = vnode.props as { children?: ComponentChildren };
      if (props.children !== undefined) props.children = mended(props.children, vnode.type);
    }
    before?.(vnode);
  };
}
