import { useEffect, useRef } from "preact/hooks";
import { bindings } from "../keys";
import { Key } from "./small";

/** What every key does at the moment, from the bindings themselves. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Bindings as they are when the sheet opens; nothing behind it changes them.
  const groups = useRef(bindings());
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="sheet" ref={dialog} aria-labelledby="sheet-title" onClose={onClose} onClick={(event) => event.target === dialog.current && dialog.current?.close()}>
      <div class="sheet-body">
        <header>
          <h2 id="sheet-title">Keys</h2>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </header>
        {groups.current.map((group) => (
          <section key={group.scope}>
            <h3>{group.scope}</h3>
            <dl>
              {group.bindings.map((binding) => (
                <div key={binding.keys.join()}>
                  <dt>
                    {binding.keys.map((key) => (
                      <span key={key}>
                        {key.split(" ").map((stroke) => (
                          <Key key={stroke} name={stroke} />
                        ))}
                      </span>
                    ))}
                  </dt>
                  <dd>{binding.what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
