// Addresses in the words of models: which may be opened at all, and what a person should see before.

/** An address that may be opened, when a person has seen it whole. */
export interface Address {
  readonly href: string;
  /** As the network knows it: a name in other scripts in its encoded form. */
  readonly host: string;
  /** What a person should look at twice. */
  readonly warnings: readonly string[];
}

const OPENED: ReadonlySet<string> = new Set(["http:", "https:", "mailto:"]);

/** Give what a text is as an address; null where it is none, or one that is never opened. */
export function addressOf(text: string): Address | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!OPENED.has(url.protocol)) return null;
  const warnings: string[] = [];
  if (/(?:^|\.)xn--/.test(url.hostname)) warnings.push("the name of the host has letters of other scripts, which may look like another name");
  if (url.username !== "" || url.password !== "") warnings.push("what stands before the @ is not the host");
  if (url.protocol === "http:") warnings.push("not encrypted");
  return { href: url.href, host: url.protocol === "mailto:" ? url.pathname : url.host, warnings };
}
