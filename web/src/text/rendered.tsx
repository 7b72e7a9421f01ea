// Markdown's blocks as nodes.
import type { ComponentChildren } from "preact";
import type { Block } from "./blocks";
import { Folded } from "./folded";
import type { Span } from "./highlight";
import type { Inline } from "./inlines";
import { Leaves } from "./leaf";
import { Linked } from "./link";
import type { Leaf } from "./mapped";

interface BlocksProps {
  blocks: readonly Block[];
  spans: readonly Span[];
}

export function Blocks({ blocks, spans }: BlocksProps) {
  return (
    <>
      {blocks.map((block, index) => (
        <One key={index} block={block} spans={spans} />
      ))}
    </>
  );
}

function One({ block, spans }: { block: Block; spans: readonly Span[] }) {
  switch (block.kind) {
    case "paragraph":
      return (
        <p dir="auto">
          <Inlines parts={block.inside} spans={spans} />
        </p>
      );
    case "heading":
      // Not a heading of the page: its outline is the transcript's, whatever a model writes.
      return (
        <p class={`md-heading md-heading-${String(Math.min(Math.max(block.depth, 1), 6))}`} dir="auto">
          <Inlines parts={block.inside} spans={spans} />
        </p>
      );
    case "code":
      return <Code language={block.language} leaves={block.leaves} spans={spans} />;
    case "literal":
      return (
        <p class="md-literal" dir="auto">
          <Leaves leaves={block.leaves} spans={spans} />
        </p>
      );
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.inside} spans={spans} />
        </blockquote>
      );
    case "list":
      return <List block={block} spans={spans} />;
    case "table":
      return <Table block={block} spans={spans} />;
    case "rule":
      return <hr />;
  }
}

/** Program text as it is; the language is a label and nothing else. */
export function Code({ language, leaves, spans }: { language: string; leaves: readonly Leaf[]; spans: readonly Span[] }) {
  return (
    <div class="md-code">
      {language !== "" && <span class="md-language">{language.slice(0, 40)}</span>}
      <pre dir="ltr" tabIndex={0}>
        <code>
          <Folded leaves={leaves} spans={spans} />
        </code>
      </pre>
    </div>
  );
}

function List({ block, spans }: { block: Extract<Block, { kind: "list" }>; spans: readonly Span[] }) {
  const items = block.items.map((item, index) => (
    <li key={index} value={item.number ?? undefined}>
      <Blocks blocks={item.inside} spans={spans} />
    </li>
  ));
  return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
}

function Table({ block, spans }: { block: Extract<Block, { kind: "table" }>; spans: readonly Span[] }) {
  const cell = (parts: readonly Inline[], column: number, inside: (name: string, children: ComponentChildren) => ComponentChildren) =>
    inside(`md-${block.align[column] ?? "start"}`, <Inlines parts={parts} spans={spans} />);
  return (
    <div class="md-table" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            {block.head.map((parts, column) =>
              cell(parts, column, (name, children) => (
                <th key={column} class={name} dir="auto">
                  {children}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {block.rows.map((row, index) => (
            <tr key={index}>
              {row.map((parts, column) =>
                cell(parts, column, (name, children) => (
                  <td key={column} class={name} dir="auto">
                    {children}
                  </td>
                )),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Inlines({ parts, spans }: { parts: readonly Inline[]; spans: readonly Span[] }) {
  return (
    <>
      {parts.map((part, index) => (
        <Within key={index} part={part} spans={spans} />
      ))}
    </>
  );
}

function Within({ part, spans }: { part: Inline; spans: readonly Span[] }) {
  switch (part.kind) {
    case "text":
      return <Leaves leaves={part.leaves} spans={spans} />;
    case "literal":
      return (
        <span class="md-literal">
          <Leaves leaves={part.leaves} spans={spans} />
        </span>
      );
    case "code":
      return (
        <code>
          <Leaves leaves={part.leaves} spans={spans} />
        </code>
      );
    case "em":
      return <em>{<Inlines parts={part.inside} spans={spans} />}</em>;
    case "strong":
      return <strong>{<Inlines parts={part.inside} spans={spans} />}</strong>;
    case "del":
      return <del>{<Inlines parts={part.inside} spans={spans} />}</del>;
    case "link":
    case "image":
      return (
        <span class={`md-${part.kind}`}>
          {part.kind === "image" && <span class="md-tag">image</span>}
          <Inlines parts={part.inside} spans={spans} />
          {part.kind === "image" ? (
            <span class="address">
              <Leaves leaves={part.written} spans={spans} />
            </span>
          ) : (
            <Linked url={part.url} written={part.written} spans={spans} />
          )}
        </span>
      );
  }
}
