import { useEffect, useState } from "preact/hooks";

/** Puts text on the clipboard; false where the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    // Not allowed by the person, or a page that may not (an exported file in some browsers).
    if (error instanceof DOMException || error instanceof TypeError) return false;
    throw error;
  }
}

/** A button that copies, and says whether it did. */
export function Copy({ text, what = "Copy" }: { text: string | (() => string); what?: string }) {
  const [said, say] = useState<"" | "Copied" | "Not allowed">("");
  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => say(""), 1_600);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => void copyText(typeof text === "string" ? text : text()).then((done) => say(done ? "Copied" : "Not allowed"));
  return (
    <button type="button" class="quiet copy" onClick={copy}>
      <span aria-live="polite">{said === "" ? what : said}</span>
    </button>
  );
}
