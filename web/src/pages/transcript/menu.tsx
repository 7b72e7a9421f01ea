// What can be done with a message: its address, its text, its words as a quotation.
import { copyText } from "../../parts/copy";
import { Menu } from "../../parts/menu";
import { place } from "../../place";
import { format } from "../../route";
import { originWord } from "../../conversation/words";
import type { Message } from "../../wire";

/** Give the address of a message, of the words in it that the address points to, on the branch that is read. */
export function permalink(label: string, leaf: string): string {
  const route = place();
  const here = location.href.split("#")[0] ?? "";
  if (route.page !== "transcript") return here;
  const { q, ...rest } = route;
  return here + format({ ...rest, ...(q !== undefined && route.m === label ? { q } : {}), b: leaf, m: label });
}

/** Give a message's words as a quotation in Markdown, with who said them and where they stand. */
export function quotation(message: Message, words: string, address: string): string {
  const lines = words.split(/\r\n?|\n/).map((line) => (line === "" ? ">" : `> ${line}`));
  return [...lines, ">", `> — [${message.label}, ${originWord(message.origin)}, turn ${String(message.turn)}](${address})`, ""].join("\n");
}

function wordsOf(message: Message): string {
  const chosen = getSelection()?.toString() ?? "";
  const said = message.pieces.filter((piece) => piece.kind !== "reasoning" && piece.call === null).map((piece) => piece.text);
  return chosen.trim() === "" ? (said.length > 0 ? said : message.pieces.map((piece) => piece.text)).join("\n\n") : chosen;
}

export function MessageMenu({ message, leaf }: { message: Message; leaf: () => string }) {
  const copy = (text: string): void => void copyText(text);
  return (
    <Menu
      label={<span class="dots">copy</span>}
      title={`Copy of ${message.label}`}
      items={[
        { label: "link to this message", run: () => copy(permalink(message.label, leaf())) },
        { label: "text", run: () => copy(message.pieces.map((piece) => piece.text).join("\n\n")) },
        { label: "quotation in Markdown", run: () => copy(quotation(message, wordsOf(message), permalink(message.label, leaf()))) },
      ]}
    />
  );
}
