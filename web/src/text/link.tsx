// Links in the words of models: text, until a person has seen the whole address and wants it opened.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Address, addressOf } from "./address";
import { Leaves, Seen } from "./leaf";
import type { Span } from "./highlight";
import type { Leaf } from "./mapped";

interface LinkedProps {
  url: string;
  written: readonly Leaf[];
  spans: readonly Span[];
}

/** An address beside its text; a press asks before it is opened. */
export function Linked({ url, written, spans }: LinkedProps) {
  const [asking, ask] = useState(false);
  const address = addressOf(url);
  const text = written.length > 0 ? <Leaves leaves={written} spans={spans} /> : <Seen text={url} />;
  if (address === null) return <span class="address">{text}</span>;
  return (
    <>
      <button type="button" class="address" title="Show the whole address" onClick={() => ask(true)}>
        {text}
      </button>
      {asking && <Confirm address={address} onClose={() => ask(false)} />}
    </>
  );
}

function Confirm({ address, onClose }: { address: Address; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const open = (): void => {
    window.open(address.href, "_blank", "noopener,noreferrer");
    dialog.current?.close();
  };
  return (
    <dialog class="sheet confirm" ref={dialog} aria-label="Open an address" onClose={onClose}>
      <div class="sheet-body">
        <p>A model wrote this address. Opening it leaves this page and tells that host that you did.</p>
        <p class="confirm-address" dir="ltr">
          <Seen text={address.href} />
        </p>
        <p>
          Host: <strong dir="ltr">{address.host}</strong>
        </p>
        {address.warnings.map((warning) => (
          <p key={warning} class="confirm-warning">
            Look twice: {warning}.
          </p>
        ))}
        <footer>
          <button type="button" onClick={() => dialog.current?.close()}>
            Do not open
          </button>
          <button type="button" class="quiet" onClick={open}>
            Open in a new tab
          </button>
        </footer>
      </div>
    </dialog>
  );
}
